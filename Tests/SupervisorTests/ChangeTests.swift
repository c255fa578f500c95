import JSONSchemas
import RunJournal
import Supervisor
import TestSupport
import Testing
import WorkflowFormat

/// What a page says a call changes in a file is what the call does, or it says that it doesn't know.
@Suite(.serialized) struct ChangeTests {
    private static let folder: JSONValue = "/w"

    private static func look(
        _ path: String, text: String, at step: String = "look", workspace: JSONValue = Self.folder
    ) -> [JournalEntryDraft] {
        ServedJournal.made(
            ToolCall(tool: "file.look", arguments: ["path": .string(path), "workspace": workspace]), at: step,
            as: .pure, value: ["path": .string(path), "exists": true, "text": .string(text), "cut": false])
    }

    private static func write(_ path: String, _ text: String) -> ToolCall {
        ToolCall(tool: "file.write", arguments: ["path": .string(path), "text": .string(text)])
    }

    private static func replace(_ old: String, by new: String, at number: Int? = nil) -> ToolCall {
        var arguments: JSONObject = [
            "path": "a.conf", "workspace": folder, "old_line": .string(old), "new_line": .string(new),
        ]
        if let number { arguments["line"] = .integer(number) }
        return ToolCall(tool: "file.replace_line", arguments: arguments)
    }

    private static func done(
        _ call: ToolCall, at step: String, as effect: Effect = .idempotent
    ) -> [JournalEntryDraft] {
        ServedJournal.made(call, at: step, as: effect, value: [:])
    }

    /// The change of a call that comes after these entries: each line with its sign, and the remark.
    private func change(
        of call: ToolCall, after earlier: [JournalEntryDraft]
    ) async throws -> (lines: [String], remark: String) {
        let served = try await ServedJournal()
        let client = try await served.client()
        let question = try #require(try served.ask([call], after: earlier).first)
        let answer = try await apart { try client.ask("GET", "/api/questions/\(question.sequence)") }
        let change = try #require(answer.json["change"])
        let signs = ["kept": " ", "removed": "-", "added": "+", "skipped": "."]
        let lines = (change["lines"]?.arrayValue ?? []).map { line in
            (signs[line["kind"]?.stringValue ?? ""] ?? "?") + (line["text"]?.stringValue ?? "")
        }
        return (lines, change["remark"]?.stringValue ?? "")
    }

    @Test func `a file that is written is compared with what the run wrote there, not with what it looked at`()
        async throws
    {
        let looked = Self.look("notes.md", text: "a\nsafe=1\n")
        let wrote = Self.done(Self.write("notes.md", "a\nsafe=2\n"), at: "write")
        let back = Self.write("notes.md", "a\nsafe=1\n")
        // Another file of that name, somewhere else.
        #expect(try await change(of: back, after: looked).lines == ["+a", "+safe=1"])
        #expect(try await change(of: back, after: looked + wrote).lines == [" a", "-safe=2", "+safe=1"])
        #expect(try await change(of: back, after: wrote + looked).lines == [" a", "-safe=2", "+safe=1"])
        // The control: what changes nothing is said to.
        let same = Self.write("./notes.md", "a\nsafe=2\n")
        #expect(try await change(of: same, after: wrote).lines == [".2 lines as before"])
    }

    @Test func `of lines that stand there more than once the numbered one is shown`() async throws {
        let looked = Self.look("a.conf", text: "x\na\nx\n")
        let third = try await change(of: Self.replace("x", by: "y", at: 3), after: looked)
        #expect(third.lines == [" x", " a", "-x", "+y"])
        let second = try await change(of: Self.replace("x", by: "y", at: 2), after: looked)
        #expect(second.lines == ["-x", "+y"])
        #expect(second.remark.contains("line 2 is another"))
        // The control: without its number none of the two is meant.
        let either = try await change(of: Self.replace("x", by: "y"), after: looked)
        #expect(either.lines == ["-x", "+y"])
        #expect(either.remark.contains("2 times"))
    }

    @Test func `what may have been changed since is not known`() async throws {
        let wrote = Self.done(Self.write("notes.md", "one\n"), at: "write")
        let next = Self.write("notes.md", "two\n")
        let command = Self.done(ToolCall(tool: "command.run", arguments: [:]), at: "command", as: .idempotent)
        let other = Self.done(Self.write("other.md", "x\n"), at: "other")
        let upwards = Self.done(Self.write("x/../notes.md", "x\n"), at: "upwards")
        #expect(try await change(of: next, after: wrote + command).lines == ["+two"])
        #expect(try await change(of: next, after: wrote + upwards).lines == ["+two"])
        // What was begun and of which nobody knows the end.
        let begun = Array(Self.done(Self.write("notes.md", "three\n"), at: "begun").dropLast())
        #expect(try await change(of: next, after: wrote + begun).lines == ["+two"])
        #expect(try await change(of: next, after: wrote + other).lines == ["-one", "+two"])
        #expect(try await change(of: next, after: command + wrote).lines == ["-one", "+two"])
    }

    @Test func `a line is shown among those around it where the run looked at that file last`() async throws {
        let call = Self.replace("port = 1", by: "port = 2")
        let plain = ["-port = 1", "+port = 2"]
        let around = [" name = x", "-port = 1", "+port = 2"]
        let looked = Self.look("a.conf", text: "name = x\nport = 1\n")
        #expect(try await change(of: call, after: looked).lines == around)
        let elsewhere = Self.look("a.conf", text: "name = x\nport = 1\n", workspace: "/other")
        #expect(try await change(of: call, after: elsewhere).lines == plain)
        for tool in ["file.replace_line", "command.run", "folder.restore"] {
            let between = Self.done(ToolCall(tool: tool, arguments: ["path": "b.conf"]), at: "between")
            #expect(try await change(of: call, after: looked + between).lines == plain, "\(tool)")
            // The control: it looked again.
            let again = Self.look("a.conf", text: "name = x\nport = 1\n", at: "again")
            #expect(try await change(of: call, after: looked + between + again).lines == around, "\(tool)")
        }
    }

    @Test func `carriage returns stay, and a line that stands there twice is replaced nowhere`() async throws {
        let call = Self.replace("port = 1", by: "port = 2")
        let returns = Self.look("a.conf", text: "name = x\r\nport = 1\r\n")
        #expect(try await change(of: call, after: returns).lines == [" name = x\r", "-port = 1\r", "+port = 2\r"])
        let twice = Self.look("a.conf", text: "port = 1\nport = 1\n")
        #expect(try await change(of: call, after: twice).remark.contains("nothing is replaced"))
        let once = Self.look("a.conf", text: "port = 1\n")
        #expect(try await change(of: call, after: once).remark.contains("nothing is replaced") == false)
    }

    @Test(arguments: [("a\n", "a", "goes"), ("a", "a\n", "comes"), ("a\n", "a\n", "")])
    func `a line break at the end is a change`(old: String, new: String, word: String) async throws {
        let wrote = Self.done(Self.write("a.txt", old), at: "write")
        let remark = try await change(of: Self.write("a.txt", new), after: wrote).remark
        #expect(remark.contains("line break") == !word.isEmpty)
        #expect(remark.contains(word) || word.isEmpty)
    }
}
