// Run an exported classifier with onnxruntime-web, as in docs/export.rst:
//     npm install onnxruntime-web
//     node classify.mjs classifier.onnx
// In a page, import the same module and give InferenceSession.create a URL.
import {readFile} from 'node:fs/promises';
import * as ort from 'onnxruntime-web';

const model = await readFile(process.argv[2]);
const session = await ort.InferenceSession.create(model);

const sequences = [Array(5).fill([1, 1]), Array(3).fill([1, 1])];
const [time, batch, features] = [5, sequences.length, 2];
const x = new Float32Array(time * batch * features);
const mask = new Float32Array(time * batch);
sequences.forEach((sequence, row) => sequence.forEach((frame, step) => {
  x.set(frame, (step * batch + row) * features);
  mask[step * batch + row] = 1;
}));
const {probabilities} = await session.run({
  x: new ort.Tensor('float32', x, [time, batch, features]),
  x_mask: new ort.Tensor('float32', mask, [time, batch]),
});
console.log(JSON.stringify(Array.from(probabilities.data)));
