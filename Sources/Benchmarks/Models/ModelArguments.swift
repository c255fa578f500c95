import Foundation
import ModelRuntime

/// What is written behind `context-settings`, `parallel`, `soak` and `cold-start`.
struct ModelArguments: Sendable {
    /// Catalog names or paths of GGUF files.
    var models: [String] = []
    var rounds = 3
    var json = false
    var threads: Int?
    var contextTokens: Int?
    /// Numbers of generations at once.
    var parallel: [Int] = [1, 4, 16]
    /// How many generations.
    var count: Int?
    /// Only settings whose name holds this.
    var filter: String?
    /// Where a `cold-start` has its kept prompts, and when it was started, in seconds of the system's clock. It writes them
    /// itself, for the process that it measures.
    var prefixes: String?
    var startedSeconds: Double?

    init(command: String, _ words: [String]) throws {
        guard let own = ModelCommands.table.first(where: { $0.name == command }) else {
            preconditionFailure("`\(command)` is no command of these")
        }
        var rest = words[...]
        func value(_ option: String) throws -> String {
            guard let value = rest.popFirst() else { throw own.misuse("`\(option)` needs a value") }
            return value
        }
        func number(_ option: String) throws -> Int {
            guard let number = Int(try value(option)), number > 0 else {
                throw own.misuse("`\(option)` needs a number above 0")
            }
            return number
        }
        while let word = rest.popFirst() {
            switch word {
            // Not for people, so that no help has them.
            case "--prefixes" where command == "cold-start": prefixes = try value(word)
            case "--started" where command == "cold-start": startedSeconds = Double(try value(word))
            case _ where !own.takes(word): throw own.misuse("`\(word)` is unknown")
            case "--model": models.append(try value(word))
            case "--rounds": rounds = try number(word)
            case "--json": json = true
            case "--threads": threads = try number(word)
            case "--context": contextTokens = try number(word)
            case "--count": count = try number(word)
            case "--filter": filter = try value(word)
            case "--parallel":
                parallel = try value(word).split(separator: ",").map { text in
                    guard let number = Int(text), number > 0 else {
                        throw own.misuse("`--parallel` needs numbers like `1,4,16`")
                    }
                    return number
                }
            default: throw own.misuse("`\(word)` is unknown")
            }
        }
        guard !parallel.isEmpty else { throw own.misuse("`--parallel` needs numbers like `1,4,16`") }
        if models.isEmpty { models = ["default"] }
    }

    func configuration(_ model: String) throws -> ModelConfiguration {
        var configuration = try ModelCatalog().configuration(for: model)
        configuration.threads = threads
        configuration.contextTokenLimit = contextTokens
        return configuration
    }
}
