/// A text that wants to become more than text on a page that shows it.
package struct HostilePageText: Hashable, Sendable {
    /// Which kind of attack, and its number in the list.
    package let name: String
    /// The text. Where it runs as script, it calls `canary()`.
    package let text: String
    /// Whether a browser runs it by itself where it is pasted into a page as it is.
    package let runs: Bool

    /// All of them, the same each time: the written ones, then mixtures of them.
    package static let all: [HostilePageText] = {
        var texts: [HostilePageText] = []
        for group in HostilePageTexts.groups {
            for text in group.texts {
                texts.append(
                    HostilePageText(name: "\(group.name)-\(texts.count)", text: text, runs: group.runs))
            }
        }
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<60 {
            texts.append(
                HostilePageText(
                    name: "mixed-\(texts.count)", text: HostilePageTexts.mixture(&generator), runs: false))
        }
        return texts
    }()

    /// The text as the name of a file: without `/` and NUL, at most 180 bytes.
    package var fileName: String {
        var name = ""
        for scalar in text.unicodeScalars where scalar != "\0" {
            let next = scalar == "/" ? "\u{2215}" : String(scalar)
            guard name.utf8.count + next.utf8.count <= 180 else { break }
            name += next
        }
        return name
    }
}
