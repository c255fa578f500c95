/// How comments begin in a format that nobody described: by a customary mark that begins lines in many texts known to be right.
enum NoteMarks {
    private static let customary = ["#", "//", "--", ";", "%"]
    private static let fewestTexts = 3
    /// In one text of so many.
    private static let share = 20

    /// The marks that begin a line in at least three of `texts`, and in one of twenty.
    static func found(in texts: [String]) -> [String] {
        customary.filter { mark in
            let count = texts.count(where: { text in
                text.split(whereSeparator: \.isNewline).contains { line in
                    line.drop { $0 == " " || $0 == "\t" }.hasPrefix(mark)
                }
            })
            return count >= fewestTexts && count * share >= texts.count
        }
    }
}
