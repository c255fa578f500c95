/// A file that pages load: the stylesheet, the module, the icon.
public struct Asset: Hashable, Sendable {
    /// Its media type, with the character set.
    public let type: String
    /// Its bytes.
    public let bytes: [UInt8]
}

extension Pages {
    /// The files that pages load, by their names below `/assets/`.
    public static let assets: [String: Asset] = [
        "supervisor.css": Asset(type: "text/css; charset=utf-8", bytes: PackageResources.supervisor_css),
        "supervisor.js": Asset(type: "text/javascript; charset=utf-8", bytes: PackageResources.supervisor_js),
        "icon.svg": Asset(type: "image/svg+xml", bytes: PackageResources.icon_svg),
    ]
}
