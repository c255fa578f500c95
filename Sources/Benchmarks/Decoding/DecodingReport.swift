import Foundation
import JSONSchemas

/// Counts verdicts as `suite.py` does.
struct DecodingReport {
    struct Counts {
        var pass = 0
        var refused = 0
        var rejectsValid = 0
        var acceptsInvalid = 0
        var failed = 0

        var json: JSONObject {
            [
                "pass": .integer(pass), "refused": .integer(refused), "rejects_valid": .integer(rejectsValid),
                "accepts_invalid": .integer(acceptsInvalid), "crash_or_timeout": .integer(failed),
            ]
        }
    }

    private(set) var total = Counts()
    private(set) var splits: [String: Counts] = [:]
    /// How many schemas crashed or took too long.
    private(set) var failures = 0
    /// The first wrong verdicts, as text.
    private(set) var wrong: [String] = []

    mutating func add(_ row: JSONObject) {
        let split = row["split"]?.stringValue ?? ""
        if row["crash"] != nil || row["timeout"] != nil { failures += 1 }
        add(row, to: &total)
        add(row, to: &splits[split, default: Counts()])
        for verdict in row["res"]?.arrayValue ?? [] {
            guard let parts = verdict.arrayValue, parts.count == 3, parts[0] != parts[1] else { continue }
            let kind = parts[0] == true ? "rejects valid" : "accepts invalid"
            wrong.append("\(kind): \(row["id"]?.stringValue ?? ""): \(parts[2].stringValue ?? "")")
        }
        if let error = row["compile_error"]?.stringValue {
            wrong.append("refused: \(row["id"]?.stringValue ?? ""): \(error)")
        }
    }

    private func add(_ row: JSONObject, to counts: inout Counts) {
        guard let verdicts = row["res"]?.arrayValue else {
            let count = row["n_tests"]?.intValue ?? 0
            if row["compile_error"] != nil { counts.refused += count } else { counts.failed += count }
            return
        }
        for verdict in verdicts {
            switch (verdict.arrayValue?.first == true, verdict.arrayValue?.dropFirst().first == true) {
            case (true, true), (false, false): counts.pass += 1
            case (true, false): counts.rejectsValid += 1
            case (false, true): counts.acceptsInvalid += 1
            }
        }
    }
}
