import Foundation

/// A command of this program: what its parser takes, what a misuse is told and what the help says, in one place.
struct BenchmarkCommand: Sendable {
    /// A word that begins with two hyphens.
    struct Option: Sendable {
        let name: String
        /// What stands behind it; empty for a switch.
        let value: String
        let meaning: String

        init(_ name: String, _ value: String = "", _ meaning: String) {
            self.name = name
            self.value = value
            self.meaning = meaning
        }

        var form: String { value.isEmpty ? name : "\(name) \(value)" }
    }

    let name: String
    /// What has to stand behind the name, such as `DIR`; empty for nothing.
    let operand: String
    /// Lines of what it does, what the operand holds and how long it takes.
    let summary: [String]
    let options: [Option]

    /// How it is called.
    var form: String {
        (["warrant-bench", name, operand].filter { !$0.isEmpty } + options.map { "[\($0.form)]" })
            .joined(separator: " ")
    }

    /// Its part of the help.
    var help: String {
        let width = (options.map(\.form.count).max() ?? 0) + 3
        let lines = options.map { option in
            option.form.padding(toLength: width, withPad: " ", startingAt: 0) + option.meaning
        }
        return ([form] + (summary + lines).map { "    " + $0 }).joined(separator: "\n")
    }

    func takes(_ option: String) -> Bool { options.contains { $0.name == option } }

    func misuse(_ reason: String) -> BenchmarkArguments.UsageError {
        BenchmarkArguments.UsageError(description: "Can't read arguments: \(reason). Write `\(form)`.")
    }
}
