import JSONSchemas
import ModelRuntime
import Provenance

/// Asks whether a function on offer does what is wanted, before any call is written.
///
/// Asked to call one of several functions or none, a small model calls one nearly always; shown some requests with and
/// without a function for them and then the one at hand, its yes and no tell the two apart. So the question has a prompt of
/// its own, with the examples first: they are the same for every step and stay evaluated.
public struct FitQuestion: Sendable {
    /// The turn's address.
    public let address: String
    /// What is to be done, from trusted text only.
    public let request: String
    /// What it is to be done with.
    public let data: [DataItem]
    /// The functions on offer.
    public let tools: [OfferedTool]
    /// What keeps data from ending their tags.
    public let boundary: Boundary

    /// A question about `request`.
    public init(
        address: String, request: String, data: [DataItem] = [], tools: [OfferedTool],
        boundary: Boundary = Boundary(run: "", seed: 0)
    ) {
        self.address = address
        self.request = request
        self.data = data
        self.tools = tools
        self.boundary = boundary
    }

    /// What may stand behind the prompt: a function fits, or none does.
    static let answers = [" yes", " no"]

    /// The prompt up to the answer, and the part of it that is the same for all questions.
    func prompt(dialect: ChatDialect) -> (whole: Prompt, examples: Prompt) {
        let own = Label.trusted(Source(step: address, tool: nil, pointer: ""))
        let examples = Prompt([
            PromptSegment(.template, dialect.systemPrefix, label: own),
            PromptSegment(.instruction, Self.instruction, label: own),
            PromptSegment(.template, dialect.turnEnd + dialect.userPrefix, label: own),
        ])
        var prompt = examples
        let listed = tools.map { (name: $0.name, arguments: $0.neededNames, summary: $0.summary) }
        prompt.append(PromptSegment(.instruction, Self.list(listed) + "Request:\n", label: own))
        prompt.append(PromptSegment(.instruction, request, label: own))
        let names = Set(data.map(\.name))
        for item in data {
            prompt.append(item.text, name: item.name, label: item.label, names: names, boundary: boundary, own: own)
        }
        prompt.append(PromptSegment(.instruction, "\n\nAnswer:", label: own))
        return (prompt, examples)
    }

    /// The share of the words of the best matching function's name and summary that the request and its data have, 0...1.
    var wordShare: Double {
        let words = WordOverlap.words(of: ([request] + data.map(\.text)).joined(separator: " "))
        // Words of another script are never those of a manifest in English, so that they say nothing against it.
        guard words.isEmpty || words.contains(where: { $0.utf8.allSatisfy { $0 < 0x80 } }) else {
            return Self.wordShareOfOtherScripts
        }
        return tools.map { WordOverlap.share(of: $0.name + " " + $0.summary, in: words) }.max() ?? 0
    }

    /// About the mean of fitting and other requests.
    private static let wordShareOfOtherScripts = 0.25

    private typealias Listed = (name: String, arguments: [String], summary: String)

    private static func list(_ functions: [Listed]) -> String {
        let lines = functions.map { function in
            let summary = function.summary.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return "- \(function.name)(\(function.arguments.joined(separator: ", "))): \(summary)\n"
        }
        return "Functions:\n" + lines.joined()
    }

    private static let weather: Listed = (
        "get_weather", ["city", "date"], "Get the weather forecast of a city for a date."
    )
    private static let table: Listed = (
        "book_table", ["restaurant", "time", "guests"], "Reserve a table in a restaurant."
    )

    private static let examples: [(functions: [Listed], request: String, answer: String)] = [
        ([weather], "Will it rain in Oslo tomorrow?", "yes"),
        ([weather], "How high is Mount Everest?", "no"),
        (
            [
                ("convert_length", ["value", "from_unit", "to_unit"], "Convert a length from one unit to another."),
                ("convert_currency", ["amount", "from", "to"], "Convert an amount of money at the rate of today."),
            ], "How many kilograms are 12 pounds?", "no"
        ),
        (
            [("invoice.total", ["invoice_id"], "Sum the amounts of an invoice.")], "What does invoice 4711 come to?",
            "yes"
        ),
        ([table], "Which restaurants in Rome serve vegan food?", "no"),
        (
            [("find_hotels", ["city"], "List the hotels of a city."), table],
            "Get us a table for four at Rossi, 8 pm today.", "yes"
        ),
        (
            [("player_goals", ["player", "season"], "Count the goals of a football player in a season.")],
            "Who invented the rules of football?", "no"
        ),
        (
            [("primes_up_to", ["limit"], "List all prime numbers up to a limit.")],
            "Which primes are there below 50?", "yes"
        ),
    ]

    private static let instruction =
        "Does one of the functions do what the request asks for? Answer yes or no."
        + examples.map { "\n\n" + list($0.functions) + "Request:\n\($0.request)\n\nAnswer: \($0.answer)" }.joined()
}
