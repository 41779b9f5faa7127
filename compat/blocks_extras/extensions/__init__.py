"""Extensions of the main loop."""
