import Foundation
import JSONSchemas
import ModelRuntime
import Tokens

/// `context-settings`: what each setting of llama.cpp's context costs and gains, one changed at a time.
///
/// Every round loads each variant anew, so that all of them meet the same machine.
enum ContextSettingsCommand {
    private struct Variant {
        let name: String
        var settings = ContextSettings()
        var batch = 256
        var threads: Int?
    }

    private struct Row {
        var load: [Double] = []
        var prefill: [Double] = []
        var longPrefill: [Double] = []
        var single: [Double] = []
        var sixteen: [Double] = []
        var memory: [Double] = []
    }

    private static var variants: [Variant] {
        var all = [Variant(name: "as loaded"), Variant(name: "flash attention"), Variant(name: "keys q8_0")]
        all[1].settings.usesFlashAttention = true
        all[2].settings.keyType = .q8
        var both = Variant(name: "flash, keys and values q8_0")
        both.settings.usesFlashAttention = true
        both.settings.keyType = .q8
        both.settings.valueType = .q8
        var brain = Variant(name: "keys and values bf16")
        brain.settings.keyType = .bf16
        brain.settings.valueType = .bf16
        var plain = Variant(name: "no repacking")
        plain.settings.repacksWeights = false
        all += [both, brain, plain]
        for size in [64, 128, 512] { all.append(Variant(name: "batch \(size)", batch: size)) }
        var parts = Variant(name: "batch 512 in parts of 128", batch: 512)
        parts.settings.microBatchTokenLimit = 128
        all.append(parts)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        for threads in Set([1, cores, 2 * cores]).sorted() where threads != cores {
            all.append(Variant(name: "threads \(threads)", threads: threads))
        }
        return all
    }

    static func run(_ arguments: ModelArguments) async throws {
        for model in arguments.models {
            let chosen = variants.filter { variant in
                arguments.filter.map { variant.name.contains($0) || variant.name == "as loaded" } ?? true
            }
            var rows = Array(repeating: Row(), count: chosen.count)
            for _ in 0..<arguments.rounds {
                for (index, variant) in chosen.enumerated() {
                    try await measure(variant, model, arguments, into: &rows[index])
                }
            }
            show(model, chosen, rows, arguments)
        }
    }

    private static func measure(
        _ variant: Variant, _ name: String, _ arguments: ModelArguments, into row: inout Row
    ) async throws {
        var configuration = try arguments.configuration(name)
        configuration.contextTokenLimit = arguments.contextTokens ?? 4_096
        configuration.batchTokenLimit = variant.batch
        configuration.settings = variant.settings
        configuration.threads = variant.threads ?? arguments.threads
        let clock = ContinuousClock()
        var start = clock.now
        let model = try await LlamaModel.load(configuration)
        row.load.append((clock.now - start).milliseconds)
        func prompt(_ count: Int, _ seed: Int) -> [TokenID] {
            (0..<count).map { TokenID(rawValue: Int32(1_000 + ($0 + 1) * (7_919 + seed) % 30_000)) }
        }
        // The first evaluation reads the weights from the disk's cache.
        _ = try await model.begin(prompt(32, 1), for: RequestID(address: "warm"))
        let request = RequestID(address: "a")
        let text = prompt(600, 2)
        start = clock.now
        _ = try await model.begin(text, for: request)
        row.prefill.append((clock.now - start).milliseconds / 600)
        start = clock.now
        for token in text[..<16] { _ = try await model.append([token]) }
        row.single.append((clock.now - start).milliseconds / 16)
        start = clock.now
        // A wrong draft costs what a right one does.
        let wrong = Array(text[100..<115])
        for token in text[..<6] { _ = try await model.append([token], drafts: wrong) }
        row.sixteen.append((clock.now - start).milliseconds / 6)
        start = clock.now
        _ = try await model.begin(text + prompt(1_900, 3), for: request)
        row.longPrefill.append((clock.now - start).milliseconds / 1_900)
        row.memory.append(ResidentMemory.now.own)
    }

    private static func show(_ model: String, _ variants: [Variant], _ rows: [Row], _ arguments: ModelArguments) {
        let columns: [(String, String, (Row) -> [Double])] = [
            ("load", "load ms", \.load), ("prefill", "prefill to 600, ms/token", \.prefill),
            ("long_prefill", "600 to 2,500, ms/token", \.longPrefill), ("single", "1 token, ms", \.single),
            ("sixteen", "16 tokens, ms", \.sixteen), ("memory", "own memory, MB", \.memory),
        ]
        if arguments.json {
            for (variant, row) in zip(variants, rows) {
                var members: [(String, JSONValue)] = [
                    ("model", .string(model)), ("settings", .string(variant.name)),
                    ("rounds", .integer(arguments.rounds)),
                ]
                for (key, _, values) in columns {
                    members.append((key, .number((Measurement(key, "", values(row)).median * 100).rounded() / 100)))
                }
                print(JSONValue.object(JSONObject(members)).serialized())
            }
            return
        }
        print("\(model), medians of \(arguments.rounds)")
        print("| settings | " + columns.map(\.1).joined(separator: " | ") + " |")
        print("| --- |" + String(repeating: " ---: |", count: columns.count))
        for (variant, row) in zip(variants, rows) {
            let cells = columns.map { String(format: "%.2f", Measurement($0.0, "", $0.2(row)).median) }
            print("| \(variant.name) | " + cells.joined(separator: " | ") + " |")
        }
    }
}
