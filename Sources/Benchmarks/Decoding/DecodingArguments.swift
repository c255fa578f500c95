import ConstrainedDecoding
import Foundation
import JSONSchemas

/// What is written behind `decode-corpus` and its siblings.
struct DecodingArguments: Sendable {
    struct UsageError: Error, CustomStringConvertible {
        let description: String
    }

    /// A folder or file that can't be read or written.
    struct FileError: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = """
        warrant-bench decode-corpus DIR --weights GGUF [--out ROWS.jsonl] [--compact]
        warrant-bench decode-suite TESTS_DIR [--draft 7|2020-12] [--out ROWS.jsonl] [--spaced]
        warrant-bench decode-generate DIR --weights GGUF [--out FILE] [--count N] [--minutes N] [--tokens N] [--no-drafts]
        warrant-bench decode-fuzz [--weights GGUF] [--minutes N] [--count N] [--seed S] [--out FILE]

          decode-corpus    compiles each schema, forces its instances through the masks, and times both
          decode-suite     the same for the official test suite, without weights: counts verdicts
          decode-generate  lets the weights write documents of the schemas
          decode-fuzz      random schemas and random walks over their masks

          --out            one JSON line a schema or document
          --compact, --spaced      without a space behind `,` and `:`, or with one
          --any-order, --fixed-order   members in any order, or in the schema's
          --declared-only  no members that the schema doesn't mention
          --count, --minutes       what ends the run, whichever comes first: 200 documents of decode-generate, 10 minutes
          --tokens         how long an answer may be (200)
          --no-drafts      without tokens that are only guessed to be forced
          --seed           the first seed of decode-fuzz (1)

        Of decode-corpus and decode-suite only:
          --limit-ms N     time of one schema (30000)
          --warm           the instances were forced once before anything is timed
          --keep           what grammars share in a process stays from schema to schema; without it each begins cold
          --per-split N, --splits A,B   the first N schemas of each file, files of those names
          --no-forced      doesn't count the tokens that need no sampling

        Exit codes: 0 done, 1 an invalid document, a crash, a time-out, or fewer documents than asked for, 64 wrong \
        arguments, 74 a folder or file that can't be read or written.
        """

    let command: String
    var folder = ""
    var weights = ""
    var out: String?
    var isCompact: Bool
    var isWarm = false
    /// Whether what grammars share stays from schema to schema.
    var keeps = false
    var limitMilliseconds = 30_000
    var draft: String?
    var recordsPerSplit = Int.max
    var splits: Set<String>?
    var countsForced: Bool
    var declaredOnly = false
    var anyOrder: Bool
    var minutes = 10.0
    var seed: UInt64 = 1
    var count: Int
    var answerTokens = 200
    var takesDrafts = true
    /// Of a worker: the first record that it takes.
    var workerStart: Int?

    /// Reads what follows `command`.
    init(command: String, _ words: [String]) throws {
        self.command = command
        isCompact = command == "decode-suite"
        countsForced = command == "decode-corpus"
        count = command == "decode-fuzz" ? Int.max : 200
        // The suite tests validity, whatever the order.
        anyOrder = command == "decode-suite"
        var rest = words[...]
        func value(_ option: String) throws -> String {
            guard let value = rest.popFirst() else { throw Self.wrong("`\(option)` needs a value") }
            return value
        }
        func number(_ option: String) throws -> Int {
            guard let number = Int(try value(option)), number >= 0 else {
                throw Self.wrong("`\(option)` needs a whole number")
            }
            return number
        }
        while let word = rest.popFirst() {
            switch word {
            case "--weights": weights = try value(word)
            case "--out": out = try value(word)
            case "--compact": isCompact = true
            case "--spaced": isCompact = false
            case "--warm": isWarm = true
            case "--keep": keeps = true
            case "--limit-ms": limitMilliseconds = try number(word)
            case "--draft": draft = try value(word)
            case "--per-split": recordsPerSplit = try number(word)
            case "--splits": splits = Set(try value(word).split(separator: ",").map(String.init))
            case "--no-forced": countsForced = false
            case "--no-drafts": takesDrafts = false
            case "--declared-only": declaredOnly = true
            case "--any-order": anyOrder = true
            case "--fixed-order": anyOrder = false
            case "--minutes":
                guard let number = Double(try value(word)), number > 0, number <= 100_000 else {
                    throw Self.wrong("`--minutes` needs a number above 0")
                }
                minutes = number
            case "--seed": seed = UInt64(try number(word))
            case "--count": count = try number(word)
            case "--tokens": answerTokens = try number(word)
            case "--worker-start": workerStart = try number(word)
            case _ where !word.hasPrefix("-") && folder.isEmpty: folder = word
            default: throw Self.wrong("`\(word)` is unknown")
            }
        }
        guard !folder.isEmpty || command == "decode-fuzz" else {
            throw Self.wrong("`\(command)` needs a folder")
        }
        guard !weights.isEmpty || (command != "decode-corpus" && command != "decode-generate")
        else { throw Self.wrong("`\(command)` needs `--weights`") }
        guard draft == nil || draft == "7" || draft == "2020-12" else {
            throw Self.wrong("`--draft` is `7` or `2020-12`")
        }
    }

    private static func wrong(_ reason: String) -> UsageError {
        UsageError(description: "Can't read arguments: \(reason).\n\(usage)")
    }

    var grammarOptions: GrammarOptions {
        GrammarOptions(
            separators: isCompact ? .compact : .spaced, propertyOrder: anyOrder ? .any : .asSchema,
            additionalMembers: declaredOnly ? .whereMentioned : .asSchema, numberForms: .all,
            numberDigitLimit: 40)
    }

    var setting: DecodingTrial.Setting {
        DecodingTrial.Setting(
            options: grammarOptions, draft: draft, assertsFormats: command != "decode-suite", isWarm: isWarm,
            forgets: !keeps, countsForced: countsForced)
    }

    /// The file that `--out` names, emptied.
    func outFile() throws -> FileHandle? {
        guard let out else { return nil }
        guard FileManager.default.createFile(atPath: out, contents: nil), let file = FileHandle(forWritingAtPath: out)
        else { throw FileError(description: "Can't write rows: `\(out)` can't be made.") }
        return file
    }

    /// The records that were asked for.
    func records() throws -> [DecodingRecord] {
        let style: JSONValue.Style = isCompact ? .compact : .spaced
        let all: [DecodingRecord]
        do {
            all =
                command == "decode-suite"
                ? try DecodingRecord.suite(at: folder, style: style)
                : try DecodingRecord.corpus(at: folder, style: style)
        } catch let error as JSONParseError {
            throw FileError(
                description: "Can't read records: a file in `\(folder)`"
                    + " isn't JSON: \(error.reason) at line \(error.line).")
        } catch {
            throw FileError(description: "Can't read records: `\(folder)` can't be read as a folder of them.")
        }
        var counts: [String: Int] = [:]
        return all.filter { record in
            guard splits?.contains(record.split) ?? true else { return false }
            counts[record.split, default: 0] += 1
            return counts[record.split, default: 0] <= recordsPerSplit
        }
    }
}
