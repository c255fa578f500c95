import JSONSchemas
import Reports
import Testing

@Suite struct CSVReportTests {
    @Test func `cells are quoted as RFC 4180 says`() throws {
        let text = try CSVReport.render(
            rows: [
                ["a": "x,y", "b": "say \"hi\"", "c": "two\r\nlines"], ["a": 1, "b": true, "c": nil],
                ["a": [1, "b"], "c": 2.5],
            ])
        #expect(
            text
                == "a,b,c\r\n\"x,y\",\"say \"\"hi\"\"\",\"two\r\nlines\"\r\n1,true,\r\n\"[1,\"\"b\"\"]\",,2.5\r\n"
        )
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"),
        ("\r=1", "\"'\r=1\""),
        ("-5", "-5"), ("+1.5e-3", "+1.5e-3"), ("-", "'-"), ("-.5", "'-.5"), ("a=b", "a=b"),
        ("=\",\"", "\"'=\"\",\"\"\""),
    ])
    func `text that a spreadsheet would calculate is disarmed`(text: String, cell: String) throws {
        #expect(try CSVReport.render(rows: [["a": .string(text)]]) == "a\r\n" + cell + "\r\n")
        // Control arm: without the guard the text is there as it is.
        let plain = try CSVReport.render(rows: [["a": .string(text)]], guardsFormulas: false)
        #expect(plain.contains(text.first.map(String.init) ?? "") && !plain.contains("'"))
    }

    @Test func `a number is never disarmed`() throws {
        #expect(try CSVReport.render(rows: [["a": -5, "b": -1.5]]) == "a,b\r\n-5,-1.5\r\n")
    }

    @Test func `columns choose and order, and a misspelled one is an error`() throws {
        let rows: [JSONObject] = [["a": 1], ["b": 2]]
        #expect(try CSVReport.render(rows: rows, columns: ["b", "a"]) == "b,a\r\n,1\r\n2,\r\n")
        #expect(try CSVReport.render(rows: [], columns: ["b", "a"]) == "b,a\r\n")
        let error = #expect(throws: ReportError.self) {
            try CSVReport.render(rows: rows, columns: ["a", "c"])
        }
        #expect(error?.description == "Can't write CSV: no row has the column `c`.")
    }
}
