"""Finding: what an app declares as findable, the engines that find it, and the words that widen a question."""
