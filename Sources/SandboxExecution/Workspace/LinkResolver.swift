/// Follows a link's target through the entries of a folder, as the kernel would, without touching any file system.
///
/// Looking at the text alone is not enough: with a link `here` to `.`, the target `here/../x` reads like `x`, but is a
/// file beside the folder. What does not exist is followed as a folder would be.
struct LinkResolver {
    /// Where a link leads.
    struct Way {
        /// The places that it leads through before its end, whatever stands there.
        var through: [ConfinedPath] = []
        /// Why it leads out of the folder, as words that fit after "it is a link that"; nil when it stays inside.
        var leavesBecause: String?
    }

    /// As many links as the kernel follows on one path.
    static let limit = 40
    /// How many parts of paths are followed in all. Links may lead through each other, so that a few of them have ways
    /// of any length.
    private static let budget = 1_000_000

    private var left = Self.budget

    /// Whether more was asked for than is followed; every answer since then means nothing.
    var isExhausted: Bool { left <= 0 }

    /// Follows a link.
    ///
    /// - Parameters:
    ///   - target: where the link points to.
    ///   - path: where the link is.
    ///   - linkTarget: gives the target of every link in the folder, and nil for everything else.
    /// - Returns: where it leads.
    mutating func way(of target: [UInt8], at path: ConfinedPath, linkTarget: (ConfinedPath) -> [UInt8]?) -> Way {
        var way = Way()
        guard target.first != ConfinedPath.slash else {
            way.leavesBecause = "leads to an absolute path"
            return way
        }
        var place = path.parent
        var rest = Self.parts(of: target)
        var followed = 0
        while let part = rest.popLast() {
            left -= 1
            guard !isExhausted else { return way }
            if part == Self.parent {
                guard place != .root else {
                    way.leavesBecause = "leaves the folder"
                    return way
                }
                place = place.parent
                continue
            }
            place = place.appending(part)
            if !rest.isEmpty { way.through.append(place) }
            guard let inner = linkTarget(place) else { continue }
            followed += 1
            guard followed <= Self.limit else { return way }
            guard inner.first != ConfinedPath.slash else {
                way.leavesBecause = "leads through `\(place)` to an absolute path"
                return way
            }
            place = place.parent
            rest += Self.parts(of: inner)
        }
        return way
    }

    /// Says why a new link may not be made.
    ///
    /// On its way there may be no other link, neither now nor afterwards, so that it leads to one place however many of
    /// the other changes are made; only at its end another may stand, for which the same holds. A target that does not
    /// exist is no harm as long as it would lie inside.
    ///
    /// - Parameters:
    ///   - target: where it points to.
    ///   - path: where it is.
    ///   - before: gives the target of every link that is there without the changes.
    ///   - after: the same with all of them.
    /// - Returns: the reason as words that fit after "Can't ...:", or nil when it may.
    mutating func reasonToRefuse(
        _ target: [UInt8], at path: ConfinedPath, before: (ConfinedPath) -> [UInt8]?,
        after: (ConfinedPath) -> [UInt8]?
    ) -> String? {
        var next = (target: target, path: path)
        for _ in 0...Self.limit {
            let (target, path) = next
            guard !target.isEmpty, !target.contains(0) else { return "it is a link without a usable target" }
            guard target.first != ConfinedPath.slash else { return "it is a link to an absolute path" }
            var place = path.parent
            var rest = Self.parts(of: target)
            while let part = rest.popLast() {
                left -= 1
                guard !isExhausted else { return Self.exhausted }
                if part == Self.parent {
                    guard place != .root else { return "it is a link that leaves the folder" }
                    place = place.parent
                    continue
                }
                if ProtectedNames.contains(part) || SecretNames.contains(part) {
                    return "it is a link to the protected name `\(VisiblePath.text(of: part))`"
                }
                place = place.appending(part)
                if !rest.isEmpty, before(place) != nil || after(place) != nil {
                    return "it is a link that leads through the link `\(place)`"
                }
            }
            if let old = before(place), let reason = way(of: old, at: place, linkTarget: before).leavesBecause {
                return "it is a link to the link `\(place)`, which \(reason)"
            }
            guard let further = after(place) else { return nil }
            next = (further, place)
        }
        return "it is a link that leads through too many others"
    }

    static let exhausted = "the links in the folder lead through each other too often to be looked at"

    private static let parent: ArraySlice<UInt8> = [UInt8(ascii: "."), UInt8(ascii: ".")]

    /// The parts of a target without those that stay where they are, the last one first.
    private static func parts(of target: [UInt8]) -> [ArraySlice<UInt8>] {
        target.split(separator: ConfinedPath.slash).filter { $0 != [UInt8(ascii: ".")] }.reversed()
    }
}
