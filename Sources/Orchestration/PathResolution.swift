import Foundation
package import JSONSchemas

/// Real paths of path arguments, for rules that say `under`: the policy itself touches no disk.
package enum PathResolution {
    /// The real absolute path of every string argument, with symbolic links followed as far as the path exists.
    ///
    /// `place`: where a text leads.
    package static func resolve(
        _ arguments: JSONObject, place: (String) -> String = Self.realPath
    ) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in arguments {
            guard let text = value.stringValue, text.utf8.count <= 4096, !text.contains("\n"), !text.contains("\0")
            else { continue }
            result[name] = place(text)
        }
        return result
    }

    /// The absolute path with links resolved.
    package static func realPath(_ text: String) -> String {
        let path = URL(filePath: text).standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false)
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The absolute path by its text alone, without a look at the disk.
    static func plainPath(_ text: String, in folder: String) -> String {
        var parts: [Substring] = []
        for part in (text.hasPrefix("/") ? text : folder + "/" + text).split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
