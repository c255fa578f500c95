import JSONSchemas

/// A bar of parts that lie side by side, 100 units wide for the whole and 8 high.
struct StackedBar {
    /// A kind of part with its color.
    struct Part {
        let name: String
        let className: String

        var legend: JSONValue { ["name": .string(name), "class": .string(className)] }
    }

    /// The rooms that time is spent in; the sandbox lies within the tools.
    static let rooms = [
        Part(name: "planning", className: "fill-1"), Part(name: "policy", className: "fill-3"),
        Part(name: "tools", className: "fill-2"), Part(name: "sandbox", className: "fill-4"),
        Part(name: "journal", className: "fill-5"),
    ]

    /// The kinds of tokens.
    static let tokens = [
        Part(name: "evaluated", className: "fill-1"), Part(name: "reused", className: "fill-5"),
        Part(name: "forced", className: "fill-2"), Part(name: "sampled", className: "fill-3"),
    ]

    private let values: [(name: String, value: Double)]
    private let whole: Double
    private let parts: [Part]

    /// A bar of `values`; `whole` is as wide as a bar gets.
    init(_ values: [(name: String, value: Double)], of whole: Double, _ parts: [Part]) {
        self.values = values.filter { $0.value > 0 && $0.value.isFinite }
        self.whole = whole
        self.parts = parts
    }

    /// The rectangles. `inner` parts lie in the lower half of the part named `outer`, as a share of it.
    func drawing(inside inner: [(name: String, value: Double)] = [], startingAt outer: String = "") -> JSONValue {
        guard whole > 0, whole.isFinite else { return .array([]) }
        var x = 0.0
        var bars: [JSONValue] = []
        for (name, value) in values {
            let width = min(100 - x, value / whole * 100)
            bars.append(bar(name, x: x, width: width, height: 8))
            if name == outer {
                for part in inner {
                    // Commands that ran at the same time add up to more than the time they took.
                    bars.append(bar(part.name, x: x, width: min(width, part.value / whole * 100), height: 4))
                }
            }
            x += width
        }
        return .array(bars)
    }

    private func bar(_ name: String, x: Double, width: Double, height: Int) -> JSONValue {
        [
            "x": .string(Self.number(x)), "width": .string(Self.number(width)), "height": .integer(height),
            "class": .string(parts.first { $0.name == name }?.className ?? "fill-5"),
        ]
    }

    /// Two digits behind the point: a hundredth of a bar is less than can be seen.
    private static func number(_ value: Double) -> String {
        let hundredths = Int((max(0, value) * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
