extension ModelCatalog {
    /// Refuses models that need more memory than they may take together. Only weights in this process need any: a server
    /// and a script are passed over.
    ///
    /// - Parameters:
    ///   - byteCount: what they may take.
    ///   - specifications: the models, as ``open(_:contextTokenLimit:parallelLimit:isDeterministic:isOperators:notice:)``
    ///     takes them.
    ///   - contextTokenLimit: tokens of each one's context; nil for its own number.
    /// - Throws: `overMemory` naming what each takes, and what ``configuration(for:)`` and ``ModelFootprint`` throw.
    public func requireRoom(
        in byteCount: Int, for specifications: [String], contextTokenLimit: Int?
    ) throws(ModelError) {
        var footprints: [ModelFootprint] = []
        for specification in specifications
        where !specification.hasPrefix("scripted:") && !ServerAddress.names(specification) {
            var configuration = try configuration(for: specification)
            configuration.contextTokenLimit = contextTokenLimit
            footprints.append(try ModelFootprint(configuration))
        }
        let sum = footprints.reduce(0) { $0 + $1.byteCount }
        guard sum > byteCount else { return }
        let parts = footprints.map { part in
            "`\(part.name)` \(Self.text(part.weightByteCount)) of weights and \(Self.text(part.cacheByteCount)) "
                + "for \(part.contextTokenCount) tokens"
        }
        throw ModelError(
            .overMemory, "load \(footprints.map { "`\($0.name)`" }.joined(separator: " and "))",
            "that takes \(Self.text(sum)) (\(parts.joined(separator: ", "))), and `memory` allows \(Self.text(byteCount))",
            fix: "Raise `memory`, lower `context`, or name smaller weights.")
    }

    /// Rounded up, so that what doesn't fit never looks as if it did.
    private static func text(_ byteCount: Int) -> String { "\((byteCount + (1 << 20) - 1) >> 20) MiB" }
}
