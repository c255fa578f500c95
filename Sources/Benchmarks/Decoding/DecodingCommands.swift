import Foundation
import JSONSchemas

/// `decode-corpus` and `decode-suite`, without the model that their workers load.
enum DecodingCommands {
    static let names: Set = ["decode-corpus", "decode-suite", "decode-generate", "decode-fuzz"]

    /// Supervises workers and writes what they report. Returns whether nothing was unsound, crashed or timed out.
    static func supervise(_ arguments: DecodingArguments) throws -> Bool {
        let records = try arguments.records()
        guard !records.isEmpty else {
            throw DecodingArguments.FileError(
                description: "Can't read records: `\(arguments.folder)` holds none that were asked for.")
        }
        let file = try arguments.outFile()
        var report = DecodingReport()
        var isHeader = true
        try DecodingSupervisor(arguments: arguments, records: records).run { row in
            try file?.write(contentsOf: Data(JSONValue.object(row).serializedBytes(.compact) + [10]))
            if !isHeader { report.add(row) }
            isHeader = false
        }
        if arguments.command == "decode-suite" {
            for (name, counts) in report.splits.sorted(by: { $0.key < $1.key }) {
                var line: JSONObject = ["keyword": .string(name)]
                for (key, value) in counts.json { line[key] = value }
                print(JSONValue.object(line).serialized(.spaced))
            }
            for text in report.wrong { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
        }
        var line: JSONObject = ["schemas": .integer(records.count)]
        for (key, value) in report.total.json { line[key] = value }
        print(JSONValue.object(line).serialized(.spaced))
        return report.total.acceptsInvalid == 0 && report.failures == 0
    }
}
