import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Tokens

/// `decode-generate`: lets real weights write documents of a corpus's schemas, one line each, for a check by other means.
enum GenerateCommand {
    private static let label = Label.trusted(.workflow())

    /// Returns whether as many documents were tried as were asked for.
    static func run(_ arguments: DecodingArguments) async throws -> Bool {
        var configuration = ModelConfiguration(path: arguments.weights)
        configuration.contextTokenLimit = 1024
        // Threads of ggml spin while they wait for each other, which is slow where another program runs.
        configuration.threads = 1
        let weights = try await LlamaModel.load(configuration)
        let model: any LanguageModel = arguments.takesDrafts ? weights : DraftlessModel(base: weights)
        let file = try arguments.outFile()
        let end = ContinuousClock.now + .seconds(arguments.minutes * 60)
        let records = try chosen(arguments)
        var ends: [String: Int] = [:]
        var usage = TokenUsage()
        for number in 0..<arguments.count where ContinuousClock.now < end {
            let record = records[number % records.count]
            let (row, cost) = try await row(of: record, number: number / records.count, model, arguments)
            try file?.write(contentsOf: Data(JSONValue.object(row).serializedBytes(.compact) + [10]))
            ends[row["end"]?.stringValue ?? "", default: 0] += 1
            usage = usage + cost
        }
        let tried = ends.values.reduce(0, +)
        let kinds = ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        print(
            "\(tried) of \(arguments.count): \(kinds); "
                + "\(usage.forced) tokens forced, \(usage.sampled) sampled, \(usage.drafted) of them drafted, "
                + "\(usage.answerTime)")
        return tried == arguments.count
    }

    /// The schemas with grammars whose first instances are short, as many of each split as of the others.
    private static func chosen(_ arguments: DecodingArguments) throws -> [DecodingRecord] {
        let records = try arguments.records().filter { record in
            guard record.schema.count < 6_000, record.tests.contains(where: { $0.isValid && $0.text.count < 250 })
            else {
                return false
            }
            guard let schema = try? DecodingSchema.compile(record.schema, arguments.setting) else { return false }
            return (try? Grammar(schema: schema, options: arguments.grammarOptions)) != nil
        }
        let splits = Dictionary(grouping: records, by: \.split).sorted { $0.key < $1.key }.map(\.value)
        var chosen: [DecodingRecord] = []
        for place in 0..<(splits.map(\.count).max() ?? 0) {
            for split in splits where place < split.count && chosen.count < 200 { chosen.append(split[place]) }
        }
        guard !chosen.isEmpty else {
            throw DecodingArguments.UsageError(description: "Can't generate: no schema of the folder is fit for it.")
        }
        return chosen
    }

    private static func row(
        of record: DecodingRecord, number: Int, _ model: any LanguageModel, _ arguments: DecodingArguments
    ) async throws -> (JSONObject, TokenUsage) {
        let schema = try DecodingSchema.compile(record.schema, arguments.setting)
        let grammar = try Grammar(schema: schema, options: arguments.grammarOptions)
        var row: JSONObject = ["id": .string(record.id), "schema": schema.source]
        let generator = ConstrainedGenerator(
            model: model, sampling: SamplingOptions(temperature: 0.7, seed: UInt64(number + 1)))
        do {
            let generation = try await generator.generate(
                prompt(for: schema, dialect: model.summary.dialect), grammar: grammar, form: schema.source,
                request: RequestID(address: record.id, attempt: number), tokenLimit: arguments.answerTokens)
            row["end"] = "grammar"
            row["document"] = try JSONValue(parsing: generation.bytes)
            row["text"] = .string(String(decoding: generation.bytes, as: UTF8.self))
            row["forced"] = .integer(generation.usage.forced)
            row["sampled"] = .integer(generation.usage.sampled)
            row["drafted"] = .integer(generation.usage.drafted)
            return (row, generation.usage)
        } catch let error as PlanningError where error.code == .answerTooLong {
            row["end"] = "limit"
            return (row, TokenUsage())
        }
    }

    private static func prompt(for schema: JSONSchema, dialect: ChatDialect) -> Prompt {
        let subject = schema.source["title"]?.stringValue ?? schema.source["description"]?.stringValue ?? "a record"
        return Prompt([
            PromptSegment(.template, dialect.userPrefix, label: label),
            PromptSegment(
                .instruction, "Write a short example document of \(subject.prefix(80)) as JSON.", label: label),
            PromptSegment(.template, dialect.turnEnd + dialect.assistantPrefix, label: label),
        ])
    }
}
