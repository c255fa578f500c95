public import JSONSchemas

/// A gold set and how a workflow's answers are held against it: one `suite.yaml`.
public struct SuiteDefinition: Hashable, Sendable {
    /// How one figure is made.
    public struct Figure: Hashable, Sendable {
        /// How answers are held against the gold.
        public enum Method: String, Hashable, Sendable, CaseIterable {
            case exact
            case oneStepAway = "one_step_away"
            case setOverlap = "set_overlap"
            case byteRanges = "byte_ranges"
            case precisionRecallF1 = "precision_recall_f1"
            case bCubed = "b_cubed"
            case command
        }

        /// The figure's name.
        public let name: String
        /// How it is made.
        public let method: Method
        /// Where the answer stands in an answer row.
        public let answer: JSONPointer
        /// Where the gold stands in a gold line.
        public let gold: JSONPointer
        /// The order of the values, for `one_step_away`.
        public let order: [String]
        /// Whether null answers are counted apart, as coverage and accuracy on what was answered.
        public let countsAbstention: Bool
        /// The program and its arguments, for `command`.
        public let command: [String]
    }

    /// The suite's name.
    public let name: String
    /// What it measures.
    public let description: String?
    /// The file it was read from.
    public let file: String
    /// The workflow's folder or file, as written: relative to the suite's folder.
    public let workflow: String
    /// What stands before a member's name where an input takes a member of the run's one item: `${item.file}`.
    public static let itemMember = "${item."

    /// The workflow's inputs; `${items}` stands for the file with the items of one run, `${item.NAME}` for the text of
    /// a member of the one item.
    public let inputs: [(name: String, value: String)]
    /// The JSON Lines file with the items to be worked on; nil where one run works on what the inputs name.
    public let items: String?
    /// The JSON Lines file with what is right.
    public let gold: String
    /// The member that identifies an item, its gold line and its answer row.
    public let identifier: String
    /// How many items one run gets.
    public let itemsPerRun: Int
    /// The name of the run's file with the answers: JSON Lines, or a JSON list of objects. Where a run takes one item
    /// and the file is one JSON object without the identifier, that object is the item's answer.
    public let output: String
    /// What is to be scored; at least one.
    public let figures: [Figure]

    /// The folder that relative paths begin in.
    public var directory: String {
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    }

    /// Whether both say the same.
    public static func == (left: SuiteDefinition, right: SuiteDefinition) -> Bool {
        left.name == right.name && left.description == right.description && left.file == right.file
            && left.workflow == right.workflow && left.inputs.elementsEqual(right.inputs, by: ==)
            && left.items == right.items && left.gold == right.gold && left.identifier == right.identifier
            && left.itemsPerRun == right.itemsPerRun && left.output == right.output && left.figures == right.figures
    }

    /// Feeds name and file to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(file)
    }
}
