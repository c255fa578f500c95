/// Follows a link's target through the entries of a folder, as the kernel would, without touching any file system.
///
/// Looking at the text alone is not enough: with a link `here` to `.`, the target `here/../x` reads like `x`, but is a
/// file beside the folder.
enum LinkResolver {
    /// As many links as the kernel follows on one path.
    private static let limit = 40

    /// Says why a link may not be made.
    ///
    /// A target that does not exist is no harm as long as it would lie inside.
    ///
    /// - Parameters:
    ///   - target: where the link points to.
    ///   - path: where the link is.
    ///   - linkTarget: gives the target of every link in the folder, and nil for everything else.
    /// - Returns: the reason as words that fit after "Can't ...:", or nil when the link stays inside.
    static func reasonToRefuse(
        _ target: [UInt8], at path: ConfinedPath, linkTarget: (ConfinedPath) -> [UInt8]?
    ) -> String? {
        guard !target.isEmpty, !target.contains(0) else { return "it is a link without a usable target" }
        var place = path.parent
        var rest = Array(target.split(separator: ConfinedPath.slash).reversed())
        var followed = 0
        if target.first == ConfinedPath.slash { return "it is a link to an absolute path" }
        while let part = rest.popLast() {
            switch part {
            case [UInt8(ascii: ".")]: continue
            case [UInt8(ascii: "."), UInt8(ascii: ".")]:
                guard place != .root else { return "it is a link that leaves the folder" }
                place = place.parent
            default:
                let next = place.appending(part)
                if ProtectedNames.contains(part) || SecretNames.contains(part) {
                    return "it is a link to the protected name `\(VisiblePath.text(of: part))`"
                }
                guard let inner = linkTarget(next) else {
                    place = next
                    continue
                }
                followed += 1
                guard followed <= limit else { return "it is a link that leads through too many others" }
                if inner.first == ConfinedPath.slash {
                    return "it is a link that leads through `\(next)` to an absolute path"
                }
                rest += inner.split(separator: ConfinedPath.slash).reversed()
            }
        }
        return nil
    }
}
