/// The targets that `Package.swift` names, read from its text.
struct PackageManifest {
    /// Targets under `Sources`, with the modules they depend on.
    private(set) var sourceTargets: [String: Set<String>] = [:]
    /// Targets under `Tests`.
    private(set) var testTargets: Set<String> = []

    init(text: String) {
        let declaration = /\.(target|executableTarget|systemLibrary|testTarget)\(\s*name:\s*"(\w+)"/
        let matches = text.matches(of: declaration)
        for (index, match) in matches.enumerated() {
            let end = index + 1 < matches.count ? matches[index + 1].range.lowerBound : text.endIndex
            let body = text[match.range.upperBound..<end]
            let name = String(match.output.2)
            if match.output.1 == "testTarget" || body.contains("path: \"Tests/") {
                testTargets.insert(name)
            } else {
                sourceTargets[name] = Self.dependencies(in: body)
            }
        }
        // Most test targets are made in a loop over a table of rooms.
        if let table = text.firstMatch(of: /(?s)let testedRooms.*?= \[\n(.*?)\n\]/) {
            for row in table.output.1.matches(of: /(?m)^    "(\w+)":/) {
                testTargets.insert(String(row.output.1) + "Tests")
            }
        }
    }

    private static func dependencies(in body: Substring) -> Set<String> {
        guard let start = body.firstRange(of: "dependencies:") else { return [] }
        // Folders that are embedded stand behind the dependencies and are no modules.
        let end = body.firstRange(of: "resources:")?.lowerBound ?? body.endIndex
        guard start.upperBound <= end else { return [] }
        let list = body[start.upperBound..<end].replacing(/\w+: "[^"]*"/) { match in
            // Of `.product(name: "X", package: "Y")` only the name is a module.
            match.output.hasPrefix("name:") ? String(match.output) : ""
        }
        let modules = list.matches(of: /"(\w+)"/).map { String($0.output.1) }
        return Set(modules)
    }
}
