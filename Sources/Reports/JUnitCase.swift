internal import JSONSchemas

/// One row of a JUnit report.
struct JUnitCase {
    /// How a case ended.
    enum Outcome: String, CaseIterable {
        case pass, fail, error, timeout, skipped
    }

    let name: String
    let className: String
    let outcome: Outcome
    let message: String
    /// Seconds.
    let time: Double
    /// Label and text of what is shown in the body: input, expected, observed.
    let details: [(label: String, text: String)]

    /// Reads row number `index`, counted from 0.
    init(_ row: JSONObject, index: Int) throws(ReportError) {
        func unusable(_ reason: String) -> ReportError {
            ReportError(.data, "write JUnit report", "row \(index + 1) \(reason)")
        }
        guard let name = row["name"], !name.isNull else { throw unusable("has no `name`") }
        guard let outcomeName = row["outcome"]?.stringValue else { throw unusable("has no `outcome`") }
        guard let outcome = Outcome(rawValue: outcomeName) else {
            let names = Outcome.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw unusable("has an `outcome` other than \(names)")
        }
        let time = row["time"] ?? .null
        guard time.isNull || (time.doubleValue.map { $0 >= 0 && $0.isFinite } ?? false) else {
            throw unusable("has a `time` that is not a number of seconds")
        }
        self.name = ReportValue.plainText(of: name)
        self.outcome = outcome
        self.time = time.doubleValue ?? 0
        className = ReportValue.plainText(of: row["classname"] ?? .null)
        message = ReportValue.plainText(of: row["message"] ?? .null)
        details = ["input", "expected", "observed"].compactMap { label in
            guard let value = row[label], !value.isNull else { return nil }
            return (label, ReportValue.plainText(of: value))
        }
    }
}
