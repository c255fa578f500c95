import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Tokens

/// `cold-start`: from the start of a process to the first token that it samples, with the start of the prompt on disk.
///
/// The program starts itself: once, so that the start of the prompt is kept, and then for each round. What is measured
/// begins just before a process is made and ends with the first token of a call that isn't fixed by the grammar.
enum ColdStartCommand {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func run(_ arguments: ModelArguments) async throws {
        if let prefixes = arguments.prefixes, let started = arguments.startedSeconds {
            try await answer(arguments, prefixes: prefixes, started: started)
            return
        }
        for name in arguments.models {
            let prefixes = FileManager.default.temporaryDirectory.appending(path: "warrant-bench-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: prefixes) }
            PeerCommands.result(try start(name, arguments, prefixes: prefixes.path).objectValue ?? [:])
            var rounds: [JSONValue] = []
            for _ in 0..<arguments.rounds {
                let round = try start(name, arguments, prefixes: prefixes.path)
                PeerCommands.result(round.objectValue ?? [:])
                guard round["reused"]?.intValue ?? 0 > 0 else {
                    throw Failure(description: "`\(name)` found nothing of its prompt on the disk.")
                }
                rounds.append(round)
            }
            func median(_ member: String) -> Double? {
                PeerCommands.median(rounds.compactMap { $0[member]?.doubleValue })
            }
            let footprint = try ModelFootprint(arguments.configuration(name))
            let weights = Double(footprint.weightByteCount) / 1e6
            let cache = Double(footprint.cacheByteCount) / 1e6
            PeerCommands.result([
                "cold_start_s": PeerCommands.rounded(median("cold_start_s")),
                "rss_mb": PeerCommands.rounded(median("rss_mb")), "weights_mb": PeerCommands.rounded(weights),
                "kv_mb": PeerCommands.rounded(cache),
                "over_mb": PeerCommands.rounded(median("rss_mb").map { $0 - weights - cache }),
            ])
        }
    }

    /// Starts this program for one call, and reads what it measured.
    private static func start(
        _ model: String, _ arguments: ModelArguments, prefixes: String
    ) throws -> JSONValue {
        let process = Process()
        process.executableURL = URL(
            filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        var words = ["cold-start", "--model", model, "--prefixes", prefixes]
        if let threads = arguments.threads { words += ["--threads", "\(threads)"] }
        if let context = arguments.contextTokens { words += ["--context", "\(context)"] }
        let output = Pipe()
        process.standardOutput = output
        process.arguments = words + ["--started", "\(ProcessInfo.processInfo.systemUptime)"]
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "The measured process ended with \(process.terminationStatus).")
        }
        return try JSONValue(parsing: Array(text))
    }

    /// What the started process does, as a run's first agent step would.
    private static func answer(_ arguments: ModelArguments, prefixes: String, started: Double) async throws {
        var configuration = try arguments.configuration(arguments.models[0])
        configuration.parallelLimit = 1
        configuration.prefixCache = PrefixCacheOptions(folder: prefixes)
        let model = try await LlamaModel.load(configuration)
        let dialect = model.summary.dialect
        let tools = try tools()
        let grammar = try Planner.grammar(for: tools, dialect: dialect)
        let prompt = Conversation(
            address: "start", goal: "Find out why the tests of the exporter fail.", data: [], tools: tools,
            dialect: dialect
        ).prompt
        let (tokens, fixedCount, _) = try await prompt.tokenized(for: model)
        // What the grammar fixes goes into the evaluation of the prompt, as in every generation.
        var mask = TokenMask(tokenCount: model.trie.vocabulary.count)
        let opening = try opening(of: grammar, trie: model.trie, mask: &mask)
        let first = mask
        let found = try await model.exclusively {
            let cost = try await model.begin(
                tokens, opening: opening, for: RequestID(address: "start", fixedTokenCount: fixedCount))
            _ = try await model.sample(first, options: SamplingOptions())
            return (cost: cost, seconds: ProcessInfo.processInfo.systemUptime - started)
        }
        let memory = ResidentMemory.now
        PeerCommands.result([
            "cold_start_s": PeerCommands.rounded(found.seconds), "rss_mb": PeerCommands.rounded(memory.all),
            "own_mb": PeerCommands.rounded(memory.own), "large_pages_mb": PeerCommands.rounded(memory.largePages),
            "prompt": .integer(tokens.count),
            "evaluated": .integer(found.cost.evaluated), "reused": .integer(found.cost.reused),
        ])
    }

    /// The tokens that every answer starts with; `mask` is left as that of the first one that is sampled.
    private static func opening(
        of grammar: Grammar, trie: TokenTrie, mask: inout TokenMask
    ) throws -> [TokenID] {
        var matcher = GrammarMatcher(grammar: grammar, trie: trie)
        var fixed: [TokenID] = []
        matcher.computeMask(&mask)
        while let only = mask.onlyAllowed, !matcher.isFinished {
            try matcher.consume(only)
            fixed.append(only)
            matcher.computeMask(&mask)
        }
        return fixed
    }

    /// Tools with some thousand tokens of description, as a workflow of some size has them.
    private static func tools() throws -> [OfferedTool] {
        try (1...12).map { number in
            OfferedTool(
                name: "look_\(number)",
                summary: "Looks something up in the archive of part \(number): its tests, its notes, and what was "
                    + "changed there in the last \(number * 3) weeks.",
                arguments: try JSONSchema([
                    "type": "object", "additionalProperties": false, "required": ["query"],
                    "properties": [
                        "query": [
                            "type": "string", "maxLength": 80,
                            "description": "Words that have to stand in what is found",
                        ],
                        "limit": [
                            "type": "integer", "minimum": 1, "maximum": 50, "description": "How many are shown at most",
                        ],
                        "order": ["enum": ["newest", "oldest", "best"], "description": "Which come first"],
                    ],
                ]))
        }
    }
}
