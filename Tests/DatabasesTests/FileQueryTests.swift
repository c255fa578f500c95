import Databases
import JSONSchemas
import TestSupport
import Testing

@Suite struct FileQueryTests {
    static let requests = [
        QueryRequest(statement: "SELECT 1"),
        QueryRequest(
            statement: "SELECT \"a\nb\" \u{1F600}\u{0}\u{7F}",
            parameters: [
                .null, true, 1, 1.0, -0.0, 1e300, .integer(.max), .integer(.min), "", "é\u{0}", [1, [2]],
                ["a": ["b": 1]],
            ], tables: ["a", ""], rowLimit: 0, timeLimit: Duration(secondsComponent: 7, attosecondsComponent: 123),
            valueByteLimit: .max, totalByteLimit: 3),
        QueryRequest(statement: "", tables: [], rowLimit: .max, timeLimit: .seconds(1 << 40)),
    ]

    @Test(arguments: requests)
    func `a query read from its line is the query`(request: QueryRequest) throws {
        let query = FileQuery(path: "/a \"b\"/c\n.sqlite", request: request)
        #expect(query.line.filter { $0 == UInt8(ascii: "\n") }.count == 1 && query.line.last == UInt8(ascii: "\n"))
        let read = try FileQuery(line: query.line)
        #expect(read == query)
        // Equality calls 1 and 1.0 the same, which SQLite doesn't.
        #expect(read.request.parameters.map { $0.serialized() } == request.parameters.map { $0.serialized() })
    }

    static let answers: [FileQueryAnswer] = [
        .rows(QueryResult(columns: [], rows: [], truncated: false)),
        .rows(QueryResult(columns: ["a"], rows: [], truncated: true)),
        .rows(
            QueryResult(
                columns: ["a", "b\n"],
                rows: [["a": 1, "b\n": 1.5], ["a": .null, "b\n": "x\n\u{0}"], ["a": [1], "b\n": ["c": true]]],
                truncated: true)),
        .failed(DatabaseToolError(.denied, "run query", "table `é` isn't allowed")),
        .failed(DatabaseToolError(.timeLimit, "run query", "it ran for longer than the limit of 5.0 seconds")),
    ]

    @Test(arguments: answers)
    func `an answer read from its line is the answer`(answer: FileQueryAnswer) throws {
        #expect(answer.line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let read = try FileQueryAnswer(line: answer.line, to: QueryRequest(statement: ""))
        #expect(read == answer)
        if case .rows(let result) = read { #expect(result.rows.allSatisfy { $0.keys == result.columns }) }
    }

    @Test func `every kind of error comes through`() throws {
        let codes: [DatabaseToolError.Code] = [
            .denied, .syntax, .timeLimit, .sizeLimit, .invalid, .notFound, .busy, .diskFull, .io,
        ]
        for code in codes {
            let error = DatabaseToolError(code, "open database `a`", "because")
            let answer = try FileQueryAnswer(
                line: FileQueryAnswer.failed(error).line, to: QueryRequest(statement: ""))
            #expect(throws: error) { try answer.result() }
        }
    }

    @Test(arguments: [
        "", "{", "null", "[]", "{}", "\"x\"", #"{"error":"strange","operation":"a","reason":"b"}"#,
        #"{"error":"io","reason":"b"}"#, #"{"columns":["a"],"rows":[[1]]}"#,
        #"{"columns":["a"],"rows":[[1,2]],"truncated":false}"#, #"{"columns":["a"],"rows":[[]],"truncated":false}"#,
        #"{"columns":["a"],"rows":[{"a":1}],"truncated":false}"#,
        #"{"columns":["a","a"],"rows":[],"truncated":false}"#, #"{"columns":[1],"rows":[],"truncated":false}"#,
        #"{"columns":["a"],"rows":[[1],[2],[3]],"truncated":false}"#,
        #"{"columns":["a"],"rows":[[1]],"truncated":false} trailing"#,
    ])
    func `an answer of another form is an error`(text: String) throws {
        let request = QueryRequest(statement: "", rowLimit: 2)
        // The control arm: one with the right form, and as many rows as were asked for.
        let right = #"{"columns":["a"],"rows":[[1],[2]],"truncated":false}"#
        #expect(throws: Never.self) { try FileQueryAnswer(line: right.utf8, to: request) }
        let error = #expect(throws: DatabaseToolError.self) { try FileQueryAnswer(line: text.utf8, to: request) }
        #expect(error?.code == .io)
    }

    @Test(arguments: ["", "{}", #"{"path":"/a","statement":"x"}"#])
    func `a query of another form is an error`(text: String) {
        #expect(throws: DatabaseToolError.self) { try FileQuery(line: text.utf8) }
    }

    @Test func `an error's text is one printable line of limited length`() throws {
        let long = String(repeating: "é", count: 5_000)
        let error = DatabaseToolError(.io, "open\n\u{1B}[2J", "\u{202E}\(long)")
        let answer = try FileQueryAnswer(line: FileQueryAnswer.failed(error).line, to: QueryRequest(statement: ""))
        let read = #expect(throws: DatabaseToolError.self) { try answer.result() }
        #expect(read?.operation == "open\u{FFFD}\u{FFFD}[2J")
        #expect(read?.reason.hasPrefix("\u{FFFD}é") == true)
        #expect(read.map { $0.reason.utf8.count <= 1_010 } == true)
    }

    @Test func `a query answers with rows or with the error`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("none.sqlite")
        let answer = FileQuery(path: path, request: QueryRequest(statement: "SELECT 1")).answer()
        let error = #expect(throws: DatabaseToolError.self) { try answer.result() }
        #expect(error?.code == .notFound)
        #expect(!folder.contains("none.sqlite"))
        try folder.write("", to: "empty.sqlite")
        let empty = FileQuery(path: folder.path("empty.sqlite"), request: QueryRequest(statement: "SELECT 1 AS a"))
        #expect(try empty.answer().result().rows == [["a": 1]])
    }
}
