import Foundation
import JSONSchemas
import ModelRuntime

/// Comparisons with a server on the same work.
enum PeerCommands {
    static let names = Set(table.map(\.name))

    static func run(_ command: String, _ words: [String]) async throws {
        let arguments = try PeerArguments(command, words)
        switch command {
        case "loop-task": try await LoopCommand.run(arguments)
        case "triage-batch": try await TriageCommand.run(arguments)
        case "call-cost": try await CallCostCommand.run(arguments)
        default: try await CallCommand.run(arguments)
        }
    }

    /// The weights, newly loaded, with nothing in memory of what came before.
    ///
    /// `prefixes`: a folder where starts of prompts are kept and looked for; without, none are.
    static func loadedModel(
        _ arguments: PeerArguments, contextTokenLimit: Int, prefixes: URL? = nil
    ) async throws -> LlamaModel {
        var configuration = try ModelCatalog().configuration(for: arguments.model)
        configuration.contextTokenLimit = contextTokenLimit
        configuration.threads = arguments.threads
        configuration.parallelLimit = max(configuration.parallelLimit, arguments.parallel)
        configuration.prefixCache = prefixes.map { PrefixCacheOptions(folder: $0.path) }
        return try await LlamaModel.load(configuration)
    }

    static func json(ofFile path: String) throws -> JSONValue {
        try JSONValue(parsing: bytes(ofFile: path))
    }

    static func bytes(ofFile path: String) throws(DecodingArguments.FileError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw DecodingArguments.FileError(
                description: "Can't read `\(path)`: \(error.localizedDescription)")
        }
    }

    static func rows(ofFile path: String) throws -> [JSONValue] {
        try bytes(ofFile: path).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: $0) }
    }

    /// One line of details.
    static func detail(_ members: JSONObject, _ arguments: PeerArguments) {
        let line =
            arguments.json
            ? JSONValue.object(members).serialized(.compact)
            : members.map { "\($0.key) \($0.value.stringValue ?? $0.value.serialized(.spaced))" }.joined(
                separator: "  ")
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// The last line.
    static func result(_ members: JSONObject) {
        FileHandle.standardOutput.write(Data((JSONValue.object(members).serialized(.compact) + "\n").utf8))
    }

    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// Seconds and ratios to the thousandth; null for what was not measured.
    static func rounded(_ value: Double?) -> JSONValue {
        value.map { .number(($0 * 1_000).rounded() / 1_000) } ?? .null
    }

    static func ratio(_ value: Double?, to other: Double?) -> Double? {
        guard let value, let other, other > 0 else { return nil }
        return value / other
    }
}
