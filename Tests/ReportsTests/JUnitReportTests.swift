import Foundation
import JSONSchemas
import Reports
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct JUnitReportTests {
    /// Counts elements and keeps attributes, with the system's XML parser as the oracle.
    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []
        var text = ""

        func parser(
            _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
            qualifiedName qName: String?,
            attributes attributeDict: [String: String]
        ) {
            elements.append((elementName, attributeDict))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

        func count(_ name: String) -> Int { elements.count { $0.name == name } }
    }

    private func read(_ xml: String) throws -> Reader {
        let reader = Reader()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(xml)")
        return reader
    }

    @Test func `totals are the counts of the elements`() throws {
        let outcomes = ["pass", "pass", "fail", "error", "timeout", "skipped", "fail"]
        let rows = outcomes.enumerated().map { index, outcome -> JSONObject in
            [
                "name": .string("case \(index)"), "outcome": .string(outcome), "message": "m", "time": 0.25,
                "input": "i", "expected": ["a": 1],
            ]
        }
        let reader = try read(try JUnitReport.render(suite: "s", rows: rows))
        for name in ["testsuites", "testsuite"] {
            let totals = try #require(reader.elements.first { $0.name == name }?.attributes)
            #expect(totals["tests"] == "\(reader.count("testcase"))" && totals["tests"] == "7")
            #expect(totals["failures"] == "\(reader.count("failure"))" && totals["failures"] == "2")
            #expect(totals["errors"] == "\(reader.count("error"))" && totals["errors"] == "2")
            #expect(totals["skipped"] == "\(reader.count("skipped"))" && totals["skipped"] == "1")
            #expect(totals["time"] == "1.750000")
        }
        #expect(reader.elements.contains { $0.name == "error" && $0.attributes["type"] == "timeout" })
        #expect(reader.text.contains("expected:\n{\"a\": 1}\n"))
    }

    @Test func `any text survives a parser, and what XML forbids is shown`() throws {
        let hostile = "<a> & \"q\" 'r' ]]> \u{0}\u{1}\u{B}\u{1B}\u{FFFE}\u{7F} \r\n\ttab é \u{1F600}"
        let shown = "<a> & \"q\" 'r' ]]> \\u0000\\u0001\\u000B\\u001B\\uFFFE\\u007F \r\n\ttab é \u{1F600}"
        let rows: [JSONObject] = [
            [
                "name": .string(hostile), "classname": .string(hostile), "outcome": "fail",
                "message": .string(hostile), "observed": .string(hostile),
            ]
        ]
        let reader = try read(try JUnitReport.render(suite: hostile, rows: rows))
        #expect(reader.elements.first { $0.name == "testcase" }?.attributes["name"] == shown)
        #expect(reader.elements.first { $0.name == "failure" }?.attributes["message"] == shown)
        #expect(reader.elements.first { $0.name == "testsuite" }?.attributes["name"] == shown)
        #expect(reader.text.contains(shown))
    }

    @Test func `an empty suite is valid`() throws {
        #expect(try read(try JUnitReport.render(suite: "s", rows: [])).elements[1].attributes["tests"] == "0")
    }

    @Test(
        arguments: [
            ["outcome": "pass"], ["name": "a"], ["name": "a", "outcome": "passed"],
            ["name": "a", "outcome": "pass", "time": "1"],
            ["name": "a", "outcome": "pass", "time": -1],
        ] as [JSONObject])
    func `a row that can't be counted is an error with its number`(row: JSONObject) {
        let error = #expect(throws: ReportError.self) {
            try JUnitReport.render(suite: "s", rows: [["name": "ok", "outcome": "pass"], row])
        }
        #expect(error?.description.hasPrefix("Can't write JUnit report: row 2 has ") == true)
    }

    @Test func `a JSON report ends its last line`() {
        #expect(JSONReport.render(["a": [1]]).hasSuffix("}\n"))
    }
}
