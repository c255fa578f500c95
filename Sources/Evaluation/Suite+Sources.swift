import Foundation
import WorkflowFormat

/// What a suite's figures hang on, for its manifest.
extension Suite {
    /// `suite.yaml`, the items, the gold, the inputs that are the same for all items and the files of the suite's own
    /// scorers, as they are now.
    package var sources: [SuiteSource] {
        var named: [(role: String, name: String, text: String)] = [
            ("suite", URL(filePath: definition.file).lastPathComponent, definition.file)
        ]
        if let items = definition.items { named.append(("items", items, items)) }
        named.append(("gold", definition.gold, definition.gold))
        for (input, text) in definition.inputs
        where !text.contains("${items}") && !text.contains(SuiteDefinition.itemMember) {
            named.append(("input " + input, text, text))
        }
        var scorers: Set<String> = []
        for word in definition.figures.flatMap({ $0.command }) where scorers.insert(word).inserted {
            let path = BatchContent.path(of: word.replacing("${data}", with: dataDirectory), base: definition.directory)
            if case .file = PathType(path) { named.append(("scorer", word, word)) }
        }
        return named.map { role, name, text in
            SuiteSource(
                role: role, name: name,
                digest: BatchContent.digest(
                    of: text.replacing("${data}", with: dataDirectory), base: definition.directory, leavingOut: ""))
        }
    }
}
