import Provenance

/// What untrusted data a value may be made from, and the shortest way of each.
struct FlowLabel: JoinableLabel {
    private(set) var paths: [FlowOrigin: [FlowHop]]

    /// A value of the workflow's own, or of nothing untrusted.
    static let trusted = FlowLabel(paths: [:])

    /// A value that comes from `origin` directly.
    static func from(_ origin: FlowOrigin) -> FlowLabel {
        FlowLabel(paths: [origin: []])
    }

    /// A value made from all of these.
    static func joining(_ labels: some Sequence<FlowLabel>) -> FlowLabel {
        labels.reduce(.trusted) { $0.joined(with: $1) }
    }

    var isTrusted: Bool { paths.isEmpty }

    func joined(with other: FlowLabel) -> FlowLabel {
        FlowLabel(paths: paths.merging(other.paths) { Self.isBefore($0, $1) ? $0 : $1 })
    }

    /// Places are told by the ways; sources add nothing.
    func adding(_ source: Source) -> FlowLabel { self }

    /// The same without data that enters at `origin` itself.
    func without(_ origin: FlowOrigin) -> FlowLabel {
        FlowLabel(paths: paths.filter { $0.key != origin })
    }

    /// What is left after one more step.
    func through(_ hop: FlowHop) -> FlowLabel {
        FlowLabel(paths: paths.mapValues { $0.last == hop ? $0 : $0 + [hop] })
    }

    /// The shortest way counts; of equally long ones the first in a fixed order, so that the result never hangs on
    /// hashing.
    private static func isBefore(_ left: [FlowHop], _ right: [FlowHop]) -> Bool {
        left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
    }
}

/// The untrusted data in a value, field by field.
typealias FlowMap = FieldLabels<FlowLabel>

extension FieldLabels where Element == FlowLabel {
    static var trusted: FlowMap { FlowMap(.trusted) }

    /// A value put together from parts.
    static func composed(_ parts: [(name: String, labels: FlowMap)]) -> FlowMap {
        FlowMap(.joining(parts.map(\.labels.label)), members: parts)
    }
}
