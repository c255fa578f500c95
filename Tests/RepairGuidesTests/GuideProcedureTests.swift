import JSONSchemas
import RepairGuides
import Testing

@Suite struct GuideProcedureTests {
    /// The shut valve: `isOpen` and `limit` change as a machine's would.
    private func valve(
        _ machine: inout Machine, limit: String = "limit = 5  # of ten", alive: Bool = false, opens: Bool = true,
        isOpen: Bool = false, touches: [String] = [], cut: Int? = nil, caution: String = "Never touch `state/meter`.",
        protects: [String]? = nil, result: [String: JSONValue] = [:]
    ) throws -> (verdict: String, reason: String) {
        var line = limit
        var isOpen = isOpen
        var guide = try Runbooks.guide(
            Runbooks.valve.replacing("2. Read `log/valve.log`.", with: "2. Read `log/valve.log`. Run `kill -0 PID`.")
                .replacing("Never touch `state/meter`.", with: caution))
        if let protects {
            var value = try #require(guide.toJSON().objectValue)
            var cautions = value["cautions"]?.arrayValue ?? []
            var first = try #require(cautions[0].objectValue)
            first["protects"] = .array(protects.map { .string($0) })
            cautions[0] = .object(first)
            value["cautions"] = .array(cautions)
            guide = try Guide(.object(value))
        }
        return machine.carryOut(guide) { action in
            let words = action["argv"]?.arrayValue?.compactMap(\.stringValue).joined(separator: " ") ?? ""
            if let fixed = result[words] ?? result[action["do"]?.stringValue ?? ""] { return fixed }
            switch (action["do"]?.stringValue, words) {
            case ("look", _):
                return action["path"] == "log/valve.log"
                    ? ["exists": true, "text": "pid 77 shut it"] : ["exists": true, "text": .string(line + "\n")]
            case ("check", "kill -0 77"):
                return [
                    "exit": .integer(alive ? 0 : 1), "ending": "", "stdout": "", "stderr": "", "alive": .bool(alive),
                ]
            case ("check", _): return Machine.ended(isOpen ? 0 : 1, isOpen ? "open" : "shut by anna")
            case ("snapshot", _): return ["kept": true]
            case ("edit", _):
                line = action["new_line"]?.stringValue ?? ""
                return ["replaced": true, "changes": [["path": "etc/valve.conf", "change": "changed"]]]
            case ("run", "bin/valve open"):
                isOpen = opens
                return Machine.ended(0, changes: ["state/valve"] + touches, cut: cut)
            case ("restore", _): return ["restored": true]
            default: return Machine.ended(0)
            }
        }
    }

    @Test func `it looks, acts and looks again, with holes filled from what was seen`() throws {
        var machine = Machine()
        let end = try valve(&machine)
        #expect(end.verdict == "repaired", "\(end.reason) \(machine.done)")
        #expect(
            machine.done.filter { !$0.hasPrefix("look") } == [
                "check bin/valve state", "check bin/valve state", "check kill -0 77", "snapshot", "edit etc/valve.conf",
                "run bin/valve release anna", "run bin/valve open", "check bin/valve state",
            ])
        let edit = try #require(machine.turns.first { $0["edit"] != nil }?["next"]?["action"])
        // Only the value changes; what stands behind it stays.
        #expect(edit["new_line"] == "limit = 9  # of ten")
        let run = try #require(machine.turns.last { $0["run"] != nil }?["next"]?["action"])
        #expect(run["hazards"]?.arrayValue?.contains("Never open while `limit` is 0.") == true)
    }

    @Test func `where the fault is absent nothing is changed`() throws {
        var machine = Machine()
        let end = try valve(&machine, isOpen: true)
        #expect(end.verdict == "not_needed")
        #expect(machine.done == ["check bin/valve state"])
    }

    @Test func `a verification that fails puts the folder back`() throws {
        var machine = Machine()
        let end = try valve(&machine, opens: false)
        #expect(end.verdict == "not_repaired")
        #expect(machine.done.last == "restore")
    }

    @Test func `a command that fails puts the folder back and goes no further`() throws {
        var machine = Machine()
        let end = try valve(&machine, result: ["bin/valve release anna": Machine.ended(3)])
        #expect(end.verdict == "not_repaired")
        #expect(machine.done.last == "restore")
        #expect(!machine.done.contains("run bin/valve open"))
    }

    @Test func `a living process stops the repair before any change`() throws {
        var machine = Machine()
        let end = try valve(&machine, alive: true)
        #expect(end.verdict == "escalated")
        #expect(end.reason.contains("If the process lives"))
        #expect(!machine.done.contains("snapshot"))
    }

    @Test func `a protected file that changes is put back`() throws {
        var machine = Machine()
        let end = try valve(&machine, touches: ["state/meter"])
        #expect(end.verdict == "escalated")
        #expect(end.reason.contains("state/meter"))
        #expect(machine.done.last == "restore")
    }

    @Test(arguments: ["store", "store/", "./store", ".//store", "store//"])
    func `a protected folder is the same in every spelling, in a runbook and in a guide`(spelling: String) throws {
        for isGuide in [false, true] {
            // A lone word may be anything; only a guide can say that it is a path.
            if spelling == "store", !isGuide { continue }
            func ended(touching paths: [String]) throws -> (verdict: String, last: String?) {
                var machine = Machine()
                let end = try valve(
                    &machine, touches: paths, caution: isGuide ? "Never touch it." : "Never touch `\(spelling)`.",
                    protects: isGuide ? [spelling] : nil)
                return (end.verdict, machine.done.last)
            }
            for path in ["store", "store/precious", "store/a/b"] {
                let end = try ended(touching: [path])
                #expect(end.verdict == "escalated" && end.last == "restore", "\(path) \(isGuide)")
            }
            for path in ["storehouse", "other/store"] {
                #expect(try ended(touching: [path]).verdict == "repaired", "\(path) \(isGuide)")
            }
        }
    }

    @Test(arguments: ["./state//meter", "state/x/../meter", "state/meter/"])
    func `a command that names a protected file in another spelling is not run`(word: String) throws {
        for (text, runs) in [(word, false), (word.replacing("meter", with: "other"), true)] {
            var machine = Machine()
            let runbook = Runbooks.valve.replacing("5. `bin/valve open`", with: "5. `bin/valve open \(text)`")
                .replacing("4. Only if the process is dead: ", with: "4. ")
                .replacing("- If the process lives, stop and escalate.\n", with: "")
            _ = machine.carryOut(try Runbooks.guide(runbook)) { action in
                switch action["do"]?.stringValue {
                case "look": ["exists": true, "text": action["path"] == "etc/valve.conf" ? "limit = 9\n" : "shut\n"]
                case "check": Machine.ended(1, "shut by anna")
                case "snapshot": ["kept": true]
                case "restore": ["restored": true]
                default: Machine.ended(0)
                }
            }
            #expect(machine.done.contains("run bin/valve open \(text)") == runs, "\(machine.done)")
        }
    }

    @Test func `a list of changes that was cut shows nothing of a protected file`() throws {
        var guarded = Machine()
        let held = try valve(&guarded, cut: 51)
        #expect(held.verdict == "escalated" && held.reason.contains("51 more changes"), "\(held.reason)")
        #expect(guarded.done.last == "restore")
        // Where nothing is protected, and where nothing was cut, there is nothing to show.
        var open = Machine()
        #expect(try valve(&open, cut: 51, caution: "Be quick.").verdict == "repaired", "\(open.done)")
        var whole = Machine()
        #expect(try valve(&whole).verdict == "repaired")
    }

    @Test(arguments: ["`meter`", "`/etc/meter`", "`../meter`", "`state/*.log`", "`bin/valve drain`"])
    func `what no check can hold is put before a person before anything changes`(name: String) throws {
        for (answer, verdict) in [
            (nil, "waiting"), (["approved": false], "escalated"), (["approved": true], "repaired"),
        ] as [(JSONValue?, String)] {
            var machine = Machine()
            let end = try valve(
                &machine, caution: "Never touch \(name).", result: answer.map { ["confirm": $0] } ?? [:])
            #expect(end.verdict == verdict, "\(end.reason) \(machine.done)")
            #expect(machine.done.contains("confirm"))
            #expect(machine.done.contains("snapshot") == (verdict == "repaired"))
        }
        // The control arm: what can be held needs nobody.
        var machine = Machine()
        #expect(try valve(&machine).verdict == "repaired")
        #expect(!machine.done.contains("confirm"))
    }

    @Test(arguments: [("denied", "escalated"), ("declined", "escalated"), ("proposed", "waiting")])
    func `a no ends the repair and an open question waits`(state: String, verdict: String) throws {
        var machine = Machine()
        let end = try valve(&machine, result: ["edit": ["state": .string(state), "reason": "because"]])
        #expect(end.verdict == verdict)
        #expect(!machine.done.contains { $0.hasPrefix("run") })
    }

    @Test func `a setting that forbids a command holds it back`() throws {
        let text = Runbooks.valve.replacing("3. Set `limit = 9`.\n", with: "")
        var held = Machine()
        var free = Machine()
        for limit in ["0", "4"] {
            let guide = try Runbooks.guide(
                text.replacing("Only if the process is dead: ", with: "")
                    .replacing("- If the process lives, stop and escalate.\n", with: ""))
            func answer(_ action: JSONValue) -> JSONValue {
                switch action["do"]?.stringValue {
                case "look": ["exists": true, "text": .string("limit = \(limit)\n")]
                case "check": Machine.ended(1, "shut by anna")
                case "snapshot": ["kept": true]
                case "restore": ["restored": true]
                default: Machine.ended(0)
                }
            }
            if limit == "0" {
                _ = held.carryOut(guide, answer: answer)
            } else {
                _ = free.carryOut(guide, answer: answer)
            }
        }
        #expect(!held.done.contains("run bin/valve open"))
        #expect(free.done.contains("run bin/valve open"))
    }

    @Test func `a condition that nobody is sure of goes to a person, and one that is settled goes on`() throws {
        let text = Runbooks.valve.replacing("Only if the process is dead:", with: "Only if the tank is full:")
            .replacing("- If the process lives, stop and escalate.\n", with: "")
        for (answer, runs) in [("yes", true), ("no", false), (nil, false)] as [(String?, Bool)] {
            var machine = Machine()
            let end = machine.carryOut(try Runbooks.guide(text)) { action in
                switch action["do"]?.stringValue {
                case "look": ["exists": true, "text": action["path"] == "etc/valve.conf" ? "limit = 9\n" : "shut\n"]
                case "choose": ["value": ["answer": answer.map { .string($0) } ?? .null]]
                case "confirm": ["approved": .null]
                case "check": Machine.ended(1, "shut by anna")
                case "snapshot": ["kept": true]
                case "restore": ["restored": true]
                default: Machine.ended(0)
                }
            }
            #expect(machine.done.contains("run bin/valve release anna") == runs)
            if answer == nil { #expect(end.verdict == "waiting") }
        }
    }

    @Test func `the turns of another guide don't pass for this one's`() throws {
        var machine = Machine()
        _ = try valve(&machine)
        let other = try Runbooks.guide(Runbooks.valve.replacing("bin/valve", with: "bin/hatch"))
        #expect(GuideProcedure.next(other, after: machine.turns)["verdict"] == "escalated")
    }
}

/// Edits of settings, where one wrong character is a new fault.
@Suite struct GuideEditTests {
    private static let runbook = """
        # A key is misspelt

        ## Diagnosis

        1. `bin/app validate` names it.
        2. `bin/app keys` lists the known ones.

        ## Mitigation

        3. Correct the name of the key in `etc/app.conf` and nothing else.

        ## Verification

        4. `bin/app validate` must be silent.
        5. `bin/app show KEY` must print the value from the copy.

        """

    private func carryOut(_ file: String, complaint: String) throws -> (
        verdict: String, edit: JSONValue?, done: [String]
    ) {
        var machine = Machine()
        var line = file
        var isFixed = false
        let end = machine.carryOut(try Runbooks.guide(Self.runbook)) { action in
            switch (action["do"]?.stringValue, action["argv"]?[1]?.stringValue) {
            case ("look", _): return ["exists": true, "text": .string(line)]
            case ("snapshot", _): return ["kept": true]
            case ("restore", _): return ["restored": true]
            case ("edit", _):
                line = line.replacing(
                    action["old_line"]?.stringValue ?? "", with: action["new_line"]?.stringValue ?? "")
                isFixed = true
                return ["replaced": true, "changes": [["path": "etc/app.conf", "change": "changed"]]]
            case ("check", "validate"): return isFixed ? Machine.ended(0) : Machine.ended(1, complaint)
            case ("check", "keys"): return Machine.ended(0, "port data_dir tenant")
            case ("check", "show"): return Machine.ended(0, action["argv"]?[2] == "port" ? "8472" : "")
            default: return Machine.ended(0)
            }
        }
        return (end.verdict, machine.turns.first { $0["edit"] != nil }?["next"]?["action"], machine.done)
    }

    @Test func `a misspelt key gets the one known name that is near, and its value is checked`() throws {
        let found = try carryOut("prot = 8472   # since Monday\ntenant = n\n", complaint: "unknown key 'prot'")
        #expect(found.verdict == "repaired", "\(found.done)")
        #expect(found.edit?["old_line"] == "prot = 8472   # since Monday")
        #expect(found.edit?["new_line"] == "port = 8472   # since Monday")
        #expect(found.done.last == "check bin/app show port")
    }

    @Test(arguments: [
        ("prot = 1\ntenent = n\n", "unknown keys 'prot' 'tenent'"), ("colour = 1\n", "unknown key 'colour'"),
        ("prot = 1\nprot = 2\n", "unknown key 'prot'"),
    ])
    func `where more than one key or none could be meant nothing is changed`(file: String, complaint: String) throws {
        let found = try carryOut(file, complaint: complaint)
        #expect(found.verdict == "escalated")
        #expect(found.edit == nil)
        #expect(!found.done.contains("snapshot"))
    }
}
