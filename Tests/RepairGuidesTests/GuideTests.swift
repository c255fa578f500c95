import Foundation
import JSONSchemas
import RepairGuides
import Testing

@Suite struct GuideTests {
    private func changed(_ change: (inout JSONObject) -> Void) throws -> JSONValue {
        var object = try #require(try Runbooks.guide(Runbooks.valve).toJSON().objectValue)
        change(&object)
        return .object(object)
    }

    private func step(_ value: JSONValue?, _ key: String, _ text: JSONValue) -> JSONValue {
        var object = value?.objectValue ?? JSONObject()
        object[key] = text
        return .object(object)
    }

    @Test func `a guide is the same after writing and reading it`() throws {
        let guide = try Runbooks.guide(Runbooks.valve)
        #expect(try Guide(guide.toJSON()) == guide)
        #expect(guide.steps.count == 6)
    }

    @Test func `a guide whose steps lead in a circle is refused`() throws {
        let value = try changed { object in
            var steps = object["steps"]?.arrayValue ?? []
            steps[5] = step(steps[5], "next", "s3")
            object["steps"] = .array(steps)
        }
        #expect(throws: GuideError("its steps lead in a circle: step `s6` leads back to `s3`")) { try Guide(value) }
    }

    @Test(arguments: [("next", "s9"), ("command", "c9")])
    func `a reference that names nothing is refused`(key: String, name: String) throws {
        let value = try changed { object in
            var steps = object["steps"]?.arrayValue ?? []
            steps[0] = step(steps[0], key, .string(name))
            object["steps"] = .array(steps)
        }
        #expect(throws: GuideError.self) { try Guide(value) }
    }

    @Test func `a guide without steps, with two of one id or with unknown members is refused`() throws {
        #expect(throws: GuideError("it has no steps")) { try Guide(try changed { $0["steps"] = [] }) }
        #expect(throws: GuideError.self) { try Guide(try changed { $0["stepps"] = [] }) }
        #expect(throws: GuideError.self) { try Guide(["title": "x"]) }
        let twice = try changed { object in
            let steps = object["steps"]?.arrayValue ?? []
            object["steps"] = .array(steps + [steps[0]])
        }
        #expect(throws: GuideError("the id `s1` is used twice")) { try Guide(twice) }
    }

    /// What is misspelt or of another type, and the place that has to be named.
    private static let mistakes: [(right: String, wrong: String, place: String)] = [
        (#""protects":["state/meter"]"#, #""protect":["state/meter"]"#, "/cautions/0/protect"),
        (#""protects":["state/meter"]"#, #""protects":"state/meter""#, "/cautions/0/protects"),
        (#""protects":["state/meter"]"#, #""protects":[1]"#, "/cautions/0/protects/0"),
        (#""forbids":{"verb""#, #""forbids":{"word""#, "/cautions/1/forbids"),
        (#""next":"s2""#, #""nxt":"s2""#, "/steps/0/nxt"),
        (#""command":"c1""#, #""comand":"c1""#, "/steps/0/comand"),
        (#""argv":["bin/valve","state"]"#, #""argv":"bin/valve state""#, "/commands/0/argv"),
        (#""symptom":"""#, #""symptoms":"""#, "/symptoms"),
    ]

    @Test(arguments: 0..<mistakes.count)
    func `a member that is misspelt or of another type is refused with its place`(index: Int) throws {
        let text = try Runbooks.guide(Runbooks.valve).toJSON().serialized(.compact)
        // The control arm: the guide as it is.
        _ = try Guide(try JSONValue(parsing: text))
        let mistake = Self.mistakes[index]
        try #require(text.contains(mistake.right), "\(text)")
        let wrong = text.replacing(mistake.right, with: mistake.wrong)
        let error = #expect(throws: GuideError.self) { try Guide(try JSONValue(parsing: wrong)) }
        #expect(error?.reason.contains("`\(mistake.place)`") == true, "\(error?.reason ?? "")")
    }

    @Test(arguments: ["../x", "/etc/x", "a/../../x", "ZZ/../x", "", ".", "./", "a\\b", "a\u{200B}"])
    func `a guide protects no path that leads out of the folder or can't be told`(path: String) throws {
        func protecting(_ path: String) throws -> Guide {
            let value = try changed { object in
                var cautions = object["cautions"]?.arrayValue ?? []
                cautions[0] = step(cautions[0], "protects", [.string(path)])
                object["cautions"] = .array(cautions)
            }
            return try Guide(value)
        }
        #expect(throws: GuideError.self) { try protecting(path) }
        #expect(try protecting("./a//b/").cautions[0].protects == ["a/b"])
    }

    @Test func `a caution without a word on how it is held is read like a runbook's`() throws {
        func caution(_ members: String) throws -> GuideCaution {
            let text =
                #"{"guide": 1, "cautions": [{"id": "w", "quote": "Never change `zz/` or `meter`."\#(members)}], "#
                + #""steps": [{"id": "a", "kind": "mitigate", "quote": "x"}]}"#
            return try Guide(try JSONValue(parsing: text)).cautions[0]
        }
        #expect(try caution("").protects == ["zz"] && caution("").unheld == ["meter"])
        #expect(try caution(#", "protects": ["yy"]"#).protects == ["yy"])
        #expect(try caution(#", "protects": ["yy"]"#).unheld == [])
    }

    @Test(
        arguments: [
            ("Do not restart while `retries` is 0, and never change `state/counter`.", ["state/counter"], []),
            ("Never touch `invoices` and do not restart while `retries` is 0.", [], ["invoices"]),
            ("Do not restart while `retries` is 0, or hold while `mode` is dry.", [], ["mode"]),
            ("If the counter is wrong, stop; never touch `invoices`.", [], ["invoices"]),
            ("If the counter is wrong, leave `invoices` and `state/meter`, and stop.", ["state/meter"], ["invoices"]),
            // The control arms: what is held as a setting or as a condition is asked about once.
            ("Do not restart while `retries` is 0.", [], []),
            ("Do not restart `bin/queue` while `retries` is still `0`.", [], []),
            ("If `counter` is wrong, stop and do not go on.", [], []),
        ] as [(String, [String], [String])])
    func `a caution that is held in part passes over none of its other words`(
        text: String, protects: [String], unheld: [String]
    ) throws {
        let guide = try Runbooks.guide(Runbooks.valve.replacing("Never touch `state/meter`.", with: text))
        let caution = try #require(guide.toJSON()["cautions"]?[0])
        #expect(caution["quote"]?.stringValue == text)
        #expect(caution["protects"]?.arrayValue?.compactMap(\.stringValue) == protects)
        #expect(caution["unheld"]?.arrayValue?.compactMap(\.stringValue) == unheld)
        // The rest is held as it was.
        if text.contains("`retries`") {
            #expect(caution["forbids"] == ["verb": "restart", "key": "retries", "value": "0"])
        } else {
            #expect(caution["stops_if"]?.stringValue?.hasSuffix("is wrong") == true)
        }
    }

    @Test func `a title is one line`() throws {
        let guide = try Guide(try changed { $0["title"] = "The valve\r\nis\u{2028}shut\t!" })
        #expect(guide.title == "The valve is shut !")
    }

    @Test(arguments: [
        "bin/a | sh", "bin/a; rm -r x", "bin/a && bin/b", "bin/a > etc/x", "bin/a $(bin/b)", "bin/a *.log",
    ])
    func `a command that needs a shell is shown and never run`(line: String) throws {
        let guide = try Runbooks.guide("# T\n## Mitigation\n1. Run `\(line)`.\n2. Run `bin/a x`.\n")
        let commands = try #require(guide.toJSON()["commands"]?.arrayValue)
        try #require(commands.count == 2)
        #expect(commands[0]["argv"] == [])
        #expect(commands[0]["only_shown_because"]?.stringValue?.contains("shell") == true)
        // The same program without a shell is a command.
        #expect(commands[1]["argv"] == ["bin/a", "x"])
        #expect(commands[1]["only_shown_because"] == nil)
    }

    @Test func `placeholders become typed holes, and words of a language stay`() throws {
        let guide = try Runbooks.guide(
            """
            # T
            ## Diagnosis
            1. Run `kill -0 PID`.
            2. Run `db x 'DROP VIEW NAME'`.
            3. Run `get -n $SPACE pod <my-pod>`.
            """)
        let commands = try #require(guide.toJSON()["commands"]?.arrayValue)
        #expect(commands[0]["holes"] == ["PID": "integer"])
        #expect(commands[1]["argv"] == ["db", "x", "DROP VIEW {NAME}"])
        #expect(commands[2]["argv"] == ["get", "-n", "{SPACE}", "pod", "{MY_POD}"])
    }

    @Test(arguments: ["x; rm", "$(x)", "a b", "-rf", "../x", "/etc/passwd", "a'b", "a\nb", ""])
    func `a hole takes nothing that breaks out of it`(text: String) {
        for kind in GuideCommand.Hole.Kind.allCases {
            #expect(!GuideCommand.Hole(name: "H", kind: kind).admits(text))
        }
        // What belongs there is taken.
        #expect(GuideCommand.Hole(name: "H", kind: .word).admits("orders_customer"))
        #expect(GuideCommand.Hole(name: "H", kind: .path).admits("run/a.pid"))
        #expect(GuideCommand.Hole(name: "H", kind: .integer).admits("4194999"))
    }
}

@Suite struct GuideSchemaTests {
    private func schema() throws -> JSONSchema {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "Workflows/repair-guide/guide.schema.json"))
        return try JSONSchema(try JSONValue(parsing: Array(data)))
    }

    @Test func `the published schema is the one that guides are held against`() throws {
        #expect(try schema().source == JSONValue(parsing: GuideSchema.text))
    }

    @Test func `the published schema admits what is written and nothing else`() throws {
        let schema = try schema()
        let guide = try Runbooks.guide(Runbooks.valve).toJSON()
        #expect(schema.validate(guide).isEmpty, "\(schema.validate(guide))")
        var strange = try #require(guide.objectValue)
        strange["command"] = "rm"
        #expect(!schema.validate(.object(strange)).isEmpty)
    }
}
