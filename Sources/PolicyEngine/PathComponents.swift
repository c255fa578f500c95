/// A path taken apart, so that `/data/tickets-old` does not pass for something under `/data/tickets`.
struct PathComponents {
    let components: [Substring]
    let isAbsolute: Bool

    /// Nil for an empty path, one with a null character, and one that leads above its start.
    init?(_ path: String) {
        guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
        isAbsolute = path.hasPrefix("/")
        var kept: [Substring] = []
        for component in path.split(separator: "/", omittingEmptySubsequences: true) {
            switch component {
            case ".": continue
            case "..":
                guard kept.popLast() != nil else { return nil }
            default: kept.append(component)
            }
        }
        components = kept
    }

    /// Whether this is `root` or lies in it. Bytes are compared: two spellings of one character are two names.
    func lies(under root: PathComponents) -> Bool {
        isAbsolute == root.isAbsolute && components.count >= root.components.count
            && zip(root.components, components).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }
}
