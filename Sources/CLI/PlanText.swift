import JSONSchemas
import RunJournal
import WorkflowFormat

/// The plan that an agent with `plan: locked` is held to, as the terminal shows it.
enum PlanText {
    /// The plan behind the step, turn or plan at `address`; nil where there is none.
    static func plan(for address: String, of run: RunID, in journal: Journal) throws -> LockedPlan? {
        let step = address.hasSuffix("/plan") ? String(address.dropLast(5)) : address
        let place = (step.lastIndex(of: "#").map { String(step[..<$0]) } ?? step) + "/plan"
        let entry = try journal.entries(of: run, kinds: [.valueProduced]).last { $0.step == place }
        return entry?.body["plan"].flatMap(LockedPlan.init(fromJSON:))
    }

    static func text(of plan: LockedPlan) -> String {
        var lines = ["locked plan, written before any data was seen:"]
        for (index, entry) in plan.entries.enumerated() {
            let times = entry.times == 1 ? "" : " \(entry.times) times"
            let fixed =
                entry.fixed.isEmpty ? "" : " with \(JSONValue.object(entry.fixed).serialized(.compact))"
            lines.append("  \(index + 1). \(entry.tool)\(times)\(fixed)")
        }
        if plan.entries.isEmpty { lines.append("  no call at all") }
        return Terminal.visible(lines.joined(separator: "\n"))
    }
}
