public import JSONSchemas

/// Test results as JUnit XML, the form that CI servers read.
///
/// A row has `name` and `outcome` (`pass`, `fail`, `error`, `timeout`, `skipped`), and may have `classname`,
/// `message`, `time` (seconds), `input`, `expected`, `observed`. A `timeout` is an `<error>` of type
/// `timeout`, as JUnit has no word for it. What XML can't hold is written as an escape, `\u0007` or `\uFFFE`;
/// a backslash that stands before such text is not doubled.
public enum JUnitReport {
    /// Renders one suite; its totals are the sums over its rows.
    ///
    /// - Throws: `ReportError` with `.data` for a row without name or outcome, or with an unknown outcome.
    public static func render(suite: String, rows: [JSONObject]) throws(ReportError) -> String {
        var cases: [JUnitCase] = []
        for (index, row) in rows.enumerated() { cases.append(try JUnitCase(row, index: index)) }
        func count(_ outcomes: JUnitCase.Outcome...) -> Int { cases.count { outcomes.contains($0.outcome) } }
        let totals = [
            ("tests", "\(cases.count)"), ("failures", "\(count(.fail))"),
            ("errors", "\(count(.error, .timeout))"),
            ("skipped", "\(count(.skipped))"),
            ("time", ReportFilter.decimal(cases.reduce(0) { $0 + $1.time }, places: 6)),
        ]
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += element("testsuites", [("name", suite)] + totals) + ">\n"
        xml += "  " + element("testsuite", [("name", suite)] + totals) + ">\n"
        for testCase in cases { xml += text(of: testCase, suite: suite) }
        return xml + "  </testsuite>\n</testsuites>\n"
    }

    private static func text(of testCase: JUnitCase, suite: String) -> String {
        let className = testCase.className.isEmpty ? suite : testCase.className
        let start = element(
            "testcase",
            [
                ("name", testCase.name), ("classname", className),
                ("time", ReportFilter.decimal(testCase.time, places: 6)),
            ])
        let result: String
        switch testCase.outcome {
        case .pass: return "    \(start)/>\n"
        case .skipped: result = element("skipped", [("message", testCase.message)]) + "/>"
        case .fail: result = failure("failure", type: "failure", testCase)
        case .error: result = failure("error", type: "error", testCase)
        case .timeout: result = failure("error", type: "timeout", testCase)
        }
        return "    \(start)>\n      \(result)\n    </testcase>\n"
    }

    private static func failure(_ name: String, type: String, _ testCase: JUnitCase) -> String {
        let body = testCase.details.map { "\($0.label):\n\($0.text)\n" }.joined()
        let start = element(name, [("type", type), ("message", testCase.message)])
        return body.isEmpty ? start + "/>" : "\(start)>\(escaped(body, isAttribute: false))</\(name)>"
    }

    /// `<name a="b"` without its end.
    private static func element(_ name: String, _ attributes: [(String, String)]) -> String {
        attributes.reduce("<\(name)") { "\($0) \($1.0)=\"\(escaped($1.1, isAttribute: true))\"" }
    }

    /// Escapes for XML 1.0. A parser turns line breaks and tabs in attributes into spaces unless they are
    /// references.
    static func escaped(_ text: String, isAttribute: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: result += "&amp;"
            case 0x3C: result += "&lt;"
            case 0x3E: result += "&gt;"
            case 0x22 where isAttribute: result += "&quot;"
            case 0x0A where isAttribute: result += "&#10;"
            case 0x09 where isAttribute: result += "&#9;"
            // A parser drops a bare carriage return everywhere.
            case 0x0D: result += "&#13;"
            case 0x09, 0x0A: result.unicodeScalars.append(scalar)
            case 0x00..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: result += "\\u\(VisibleText.hex(scalar))"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
