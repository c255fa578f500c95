import ArgumentParser

/// A command that loads a local model's weights.
protocol LoadsWeights: ParsableCommand {}

extension RunCommand: LoadsWeights {}
extension ResumeCommand: LoadsWeights {}
extension EvalRunCommand: LoadsWeights {}
