"""Properties of expressions and functions, derived from their source."""
import ast

#: Functions that return floats, even if the values are whole.
FLOAT_CALLS = frozenset('''
    ceil exponential float float32 float64 floor mean normal rand random rint
    round sqrt uniform'''.split())


def ends_by_exception(function):
    """Return whether a generator may raise StopIteration itself."""
    own, waiting = [], list(function.body)
    while waiting:
        node = waiting.pop()
        own.append(node)
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return any(isinstance(node, ast.Yield) for node in own) and any(
        isinstance(node, ast.Raise)
        or isinstance(node, ast.Call) and 'next' in (
            getattr(node.func, 'id', ''), getattr(node.func, 'attr', ''))
        for node in own)


def read_after(handler, scope):
    """Return whether a scope reads a handler's name outside of any handler.

    Parameters
    ----------
    handler : ast.ExceptHandler
    scope : ast.Module or ast.FunctionDef

    """
    waiting = [scope]
    while waiting:
        node = waiting.pop()
        if (isinstance(node, ast.Name) and node.id == handler.name
                and isinstance(node.ctx, ast.Load)):
            return True
        if not (isinstance(node, ast.ExceptHandler)
                and node.name == handler.name):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def is_float(node):
    """Return whether an expression is certainly not an integer."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    if isinstance(node, ast.UnaryOp):
        return is_float(node.operand)
    if isinstance(node, ast.BinOp):
        return not isinstance(node.op, ast.Mod) and (
            is_float(node.left) or is_float(node.right))
    if isinstance(node, ast.Call):
        return getattr(node.func, 'id', getattr(node.func, 'attr', None)) in (
            'float', 'sqrt', 'exp', 'log')
    return False


def may_be_float(node, names):
    """Return whether an expression shows that it may be a float."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, 'id', getattr(node.func, 'attr', None))
        return name in FLOAT_CALLS
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.BinOp):
        return (may_be_float(node.left, names)
                or may_be_float(node.right, names))
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def float_names(tree):
    """Return the names that may be assigned a float."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and may_be_float(node.value, names):
            names |= {target.id for target in node.targets
                      if isinstance(target, ast.Name)}
        elif (isinstance(node, ast.AugAssign)
                and isinstance(node.target, ast.Name)
                and may_be_float(node.value, names)):
            names.add(node.target.id)
    return names


def is_plain(node, rewritten):
    """Return whether an expression may be written twice.

    Parameters
    ----------
    node : ast.expr
    rewritten : set of str
        Attributes whose access is rewritten.

    """
    return not any(isinstance(part, (ast.Call, ast.BinOp, ast.Await,
                                     ast.NamedExpr, ast.ListComp))
                   for part in ast.walk(node)) and not any(
        isinstance(part, ast.Attribute) and part.attr in rewritten
        for part in ast.walk(node))
