/// Text for HTML.
enum HTMLText {
    /// The text with `& < > " '` as entities, for content and quoted attributes.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in VisibleText.showingControls(text).unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
