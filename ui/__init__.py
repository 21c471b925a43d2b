"""What a person sees. Knows `engine.trace` and `ViewState`, nothing else of the engine."""
