import JSONSchemas
import Reports

/// A workflow as a drawing: its inputs and steps from top to bottom, on the left what each step uses, on the right the ways
/// of untrusted data to the arguments that land somewhere, and what stands at their ends.
///
/// Lines run in lanes of their own, so that the drawing of any workflow can be read, and the same workflow is always drawn
/// the same way.
struct WorkflowDrawing {
    private static let rowHeight = 54
    private static let nodeHeight = 42
    private static let nodeWidth = 290
    private static let indent = 22
    private static let margin = 14
    private static let leftLane = 10
    private static let rightLane = 14
    private static let labelWidth = 340

    private struct Row {
        let name: String
        let words: String
        let className: String
        let depth: Int
        let isGroup: Bool
    }

    /// The ways of data from one place to one step.
    private struct Way {
        let origin: Int
        let sink: Int
        let flows: [WorkflowView.Flow]
        let lane: Int
    }

    private let rows: [Row]
    private let uses: [(source: Int, targets: [Int], lane: Int)]
    private let ways: [Way]
    private let leftCount: Int
    private let rightCount: Int
    private let steps: [String: Int]

    /// The drawing of a workflow.
    init(_ view: WorkflowView) {
        let sinks = Set(view.flows.map(\.step))
        rows =
            view.inputs.map { input in
                Row(
                    name: input.name, words: input.isUntrusted ? "input, untrusted" : "input",
                    className: input.isUntrusted ? "origin" : "input", depth: 0, isGroup: false)
            }
            + view.steps.map { step in
                let words = ([step.kind] + (step.tools.isEmpty ? [] : [step.tools.joined(separator: ", ")]))
                return Row(
                    name: step.address, words: words.joined(separator: ": "),
                    className: sinks.contains(step.address) ? "node sink" : "node", depth: max(0, step.depth),
                    isGroup: step.kind == "group")
            }
        let first = view.inputs.count
        let inputs = Dictionary(view.inputs.enumerated().map { ($1.name, $0) }) { first, _ in first }
        let steps = Dictionary(view.steps.enumerated().map { ($1.address, first + $0) }) { first, _ in first }
        self.steps = steps

        var targets: [Int: [Int]] = [:]
        for (index, step) in view.steps.enumerated() {
            let sources = step.inputs.compactMap { inputs[$0] } + step.sources.compactMap { steps[$0] }
            for source in Set(sources).subtracting([first + index]) {
                targets[source, default: []].append(first + index)
            }
        }
        var left = LaneList()
        // Short lines lie next to the steps.
        let bySpan = targets.sorted { one, other in
            (Self.span(one.key, one.value), one.key) < (Self.span(other.key, other.value), other.key)
        }
        uses = bySpan.map { source, targets in
            let all = targets + [source]
            return (source, targets.sorted(), left.take(all.min() ?? source, all.max() ?? source))
        }
        leftCount = left.count

        var groups: [[Int]: [WorkflowView.Flow]] = [:]
        for flow in view.flows {
            let named = flow.isFromInput ? inputs : steps
            guard let origin = named[flow.originName], let sink = steps[flow.step] else { continue }
            groups[[origin, sink], default: []].append(flow)
        }
        var right = LaneList()
        ways = groups.sorted { one, other in
            (abs(one.key[1] - one.key[0]), one.key[0], one.key[1]) < (
                abs(other.key[1] - other.key[0]), other.key[0], other.key[1]
            )
        }.map { key, flows in Way(origin: key[0], sink: key[1], flows: flows, lane: right.take(key[0], key[1])) }
        rightCount = right.count
    }

    private static func span(_ source: Int, _ targets: [Int]) -> Int {
        targets.reduce(0) { max($0, abs($1 - source)) }
    }

    // MARK: Places

    private var deepest: Int { rows.reduce(0) { max($0, $1.depth) } }
    private var left: Int { Self.margin + leftCount * Self.leftLane + 16 }
    /// The right side of all steps.
    private var right: Int { left + deepest * Self.indent + Self.nodeWidth }
    private var labels: Int { right + 24 + rightCount * Self.rightLane }

    private func x(_ row: Int) -> Int { left + rows[row].depth * Self.indent }
    private func top(_ row: Int) -> Int { Self.margin + row * Self.rowHeight }
    private func middle(_ row: Int) -> Int { top(row) + Self.nodeHeight / 2 }
    private func leftLane(_ lane: Int) -> Int { left - 14 - lane * Self.leftLane }
    private func rightLane(_ lane: Int) -> Int { right + 22 + lane * Self.rightLane }

    // MARK: Drawing

    /// The drawing as SVG within a page.
    func markup() throws(ReportError) -> Markup {
        guard !rows.isEmpty else { return .empty }
        return try PageTemplate.graph.filled([
            "width": .integer(labels + (ways.isEmpty ? 0 : Self.labelWidth)),
            "height": .integer(Self.margin * 2 + rows.count * Self.rowHeight), "boxes": .array(boxes),
            "edges": .array(uses.map(edge)), "flows": .array(ways.map(way)),
            "nodes": .array(rows.indices.map(node)), "labels": .array(sinkLabels),
        ])
    }

    private func node(_ index: Int) -> JSONValue {
        let row = rows[index]
        let width = right - x(index)
        return [
            "x": .integer(x(index)), "y": .integer(top(index)), "width": .integer(width),
            "height": .integer(Self.nodeHeight), "inner_width": .integer(width - 2),
            "inner_height": .integer(Self.nodeHeight - 2), "class": .string(row.className),
            "title": .string("\(row.name), \(row.words)"), "name": .string(ShownText.line(row.name, limit: 36)),
            "words": .string(ShownText.line(row.words, limit: 46)),
        ]
    }

    /// Around each group and what it holds.
    private var boxes: [JSONValue] {
        rows.indices.filter { rows[$0].isGroup }.map { index in
            var last = index
            while last + 1 < rows.count, rows[last + 1].depth > rows[index].depth { last += 1 }
            let inset = 6
            return [
                "x": .integer(x(index) - inset), "y": .integer(top(index) - inset / 2),
                "width": .integer(right - x(index) + 2 * inset),
                "height": .integer(top(last) + Self.nodeHeight - top(index) + inset),
            ]
        }
    }

    /// One line from a step or input to all that use it: out in its lower half, in at the others' upper half.
    private func edge(_ use: (source: Int, targets: [Int], lane: Int)) -> JSONValue {
        let lane = leftLane(use.lane)
        let start = middle(use.source) + 8
        var path = "M\(x(use.source)) \(start)H\(lane)"
        var tips = ""
        for target in use.targets {
            let end = middle(target) - 8
            path += "M\(lane) \(start)V\(end)H\(x(target) - 6)"
            tips += "M\(x(target) - 7) \(end - 4)L\(x(target)) \(end)L\(x(target) - 7) \(end + 4)Z"
        }
        return ["path": .string(path), "tip": .string(tips)]
    }

    private func way(_ way: Way) -> JSONValue {
        let lane = rightLane(way.lane)
        let start = middle(way.origin) + 7
        // Ways that end at one step come in side by side.
        let rank = ways.filter { $0.sink == way.sink }.firstIndex { $0.origin == way.origin } ?? 0
        let end = middle(way.sink) - 10 + min(rank, 3) * 6
        let hops = way.flows.flatMap(\.path).compactMap { steps[$0] }
        let dots = Set(hops).subtracting([way.origin, way.sink]).sorted().map { hop -> JSONValue in
            ["x": .integer(lane), "y": .integer(middle(hop))]
        }
        return [
            "path": .string("M\(right) \(start)H\(lane)V\(end)H\(right + 8)"), "dots": .array(dots),
            "end_x": .integer(right + 8), "end_y": .integer(end), "decision": .string(Self.loosest(way.flows)),
            "title": .string(
                way.flows.map { "\($0.origin) to \($0.step).\($0.argument): \($0.barrier)" }.joined(separator: "\n")),
        ]
    }

    /// Behind each step that untrusted data reaches: what becomes of it, by argument.
    private var sinkLabels: [JSONValue] {
        let sinks = Set(ways.map(\.sink)).sorted()
        return sinks.flatMap { sink -> [JSONValue] in
            let flows = ways.filter { $0.sink == sink }.flatMap(\.flows)
            let lines = ["allow", "ask", "deny"].compactMap { decision -> (text: String, title: String)? in
                var names: [String] = []
                for flow in flows where flow.decision == decision && !names.contains(flow.argument) {
                    names.append(flow.argument)
                }
                guard !names.isEmpty else { return nil }
                let barriers = flows.filter { $0.decision == decision }.map { "\($0.argument): \($0.barrier)" }
                return (
                    "\(Self.words(for: decision)): \(names.joined(separator: ", "))", barriers.joined(separator: "\n")
                )
            }
            return lines.enumerated().map { index, line in
                [
                    "x": .integer(labels), "y": .integer(middle(sink) + 4 - (lines.count - 1) * 7 + index * 14),
                    "text": .string(ShownText.line(line.text, limit: 52)), "title": .string(line.title),
                ]
            }
        }
    }

    /// What lets most through counts: the others are in the table.
    private static func loosest(_ flows: [WorkflowView.Flow]) -> String {
        ["allow", "ask"].first { decision in flows.contains { $0.decision == decision } } ?? "deny"
    }

    private static func words(for decision: String) -> String {
        switch decision {
        case "allow": "passes"
        case "ask": "a person is asked"
        default: "denied"
        }
    }
}
