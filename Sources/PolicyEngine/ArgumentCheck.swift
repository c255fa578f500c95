import JSONSchemas
import Provenance
import WebAddresses
import WorkflowFormat

/// What one argument must be like, made ready for deciding.
struct ArgumentCheck: Sendable {
    enum Predicate: Sendable {
        case oneOf([JSONValue])
        case maxLength(Int)
        case under(ValueTemplate)
        case hostIn([HostEntry])
        case pattern(StringPattern)
        case max(Double)
        case from([ValueOrigin])
        case commands(ValueTemplate)
        case links(LinkRule)
    }

    let argument: String
    /// The predicates with the ids of their rules, such as `issue.create.labels.one_of`.
    let predicates: [(rule: String, predicate: Predicate)]
    let acceptsUntrusted: Bool
    /// Whether a closed choice that a `read` made may be untrusted.
    let acceptsEnum: Bool
    let stripped: Set<TextFeature>
    let defanged: Set<TextFeature>
    /// How the value is found in a trusted text.
    let form: ValueForm?
    /// The kind of record that the value names.
    let handle: String?

    /// `tool` may say of the argument that it is an identifier.
    init(_ rule: ArgumentRule, of tool: ToolDefinition, rule parent: String) throws(PolicyError) {
        argument = rule.argument
        var form: ValueForm? = tool.identifiers[rule.argument] == nil ? nil : .id
        var handle = tool.identifiers[rule.argument]
        let base = "\(parent).\(rule.argument)"
        func bad(_ reason: String) -> PolicyError {
            PolicyError(
                .badRule, operation: "read the policy rule `\(base)`", reason: reason, position: rule.position
            )
        }
        var predicates: [(rule: String, predicate: Predicate)] = []
        var acceptsUntrusted = false
        var acceptsEnum = false
        var stripped: Set<TextFeature> = []
        var defanged: Set<TextFeature> = []
        for predicate in rule.predicates {
            switch predicate {
            case .oneOf(let values):
                guard !values.isEmpty else { throw bad("`one_of` lists nothing") }
                predicates.append(("\(base).one_of", .oneOf(values)))
            case .oneOfInput:
                // Whoever decides puts the input's list in place first; without it nothing is on the list.
                predicates.append(("\(base).one_of", .oneOf([])))
            case .maxLength(let limit):
                guard limit >= 0 else { throw bad("`max_length` must not be negative") }
                predicates.append(("\(base).max_length", .maxLength(limit)))
            case .under(let root):
                predicates.append(("\(base).under", .under(root)))
            case .hostIn(let hosts):
                guard !hosts.isEmpty else { throw bad("`host_in` lists nothing") }
                predicates.append(("\(base).host_in", .hostIn(hosts)))
            case .commands(let list):
                predicates.append(("\(base).commands", .commands(list)))
            case .pattern(let text):
                do throws(PatternError) {
                    predicates.append(("\(base).pattern", .pattern(try StringPattern(parsing: text))))
                } catch {
                    throw bad("its `pattern` is not usable: \(error.reason)")
                }
            case .max(let limit):
                guard limit.isFinite else { throw bad("`max` must be a finite number") }
                predicates.append(("\(base).max", .max(limit)))
            case .from(let names):
                guard !names.isEmpty else { throw bad("`from` lists nothing") }
                var origins: [ValueOrigin] = []
                for name in names {
                    guard let origin = ValueOrigin(rawValue: name) else {
                        throw bad(
                            "`from` does not know `\(name)`; it knows "
                                + ValueOrigin.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))
                    }
                    origins.append(origin)
                }
                predicates.append(("\(base).from", .from(origins)))
            case .allowUntrusted: acceptsUntrusted = true
            case .acceptEnum: acceptsEnum = true
            case .strip(let names): stripped.formUnion(try TextFeature.all(names, or: bad))
            case .defang(let names): defanged.formUnion(try TextFeature.all(names, or: bad))
            // An identifier stays one: `is: exact` would let bare numbers in.
            case .form(let chosen): form = form == .id ? .id : chosen
            case .handle(let kind): handle = kind
            case .links(let rule): predicates.append(("\(base).links", .links(rule)))
            }
        }
        self.form = form
        self.handle = handle
        self.predicates = predicates
        self.acceptsUntrusted = acceptsUntrusted
        self.acceptsEnum = acceptsEnum
        self.stripped = stripped
        self.defanged = defanged
    }

    /// The hosts that the rule names; nil when it names none.
    var hosts: [HostEntry]? {
        for case (_, .hostIn(let hosts)) in predicates { return hosts }
        return nil
    }

    /// Whether the rule itself settles which untrusted values are fine: a closed list, a place to come from, an
    /// operator's list of commands, or an
    /// explicit `allow: untrusted`.
    var settlesTrust: Bool {
        acceptsUntrusted
            || predicates.contains {
                switch $0.predicate {
                case .oneOf, .from, .commands: true
                default: false
                }
            }
    }
}

/// What `from` may name.
enum ValueOrigin: String, CaseIterable, Sendable {
    case workflow
    case inputs
    case endorsed
    case plan
    /// A trusted text of the run holds the value itself. The value's label says nothing about that.
    case task

    private var lowestIntegrity: Integrity { self == .endorsed ? .endorsed : .trusted }

    private func covers(_ source: Source) -> Bool {
        switch self {
        case .workflow: source.isWorkflow
        case .inputs: source.isInput
        case .endorsed: true
        // A plan is written from trusted text alone, before any tool was called.
        case .plan: source.tool == nil
        case .task: false
        }
    }

    /// Whether a value with this label comes from nowhere but the named origins.
    ///
    /// Every source must be covered by an origin that the integrity suffices for. A label that gains a source, or
    /// loses integrity, can only fail more.
    static func allow(_ label: Label, from origins: [ValueOrigin]) -> Bool {
        let usable = origins.filter { label.integrity >= $0.lowestIntegrity }
        return !usable.isEmpty && label.sources.allSatisfy { source in usable.contains { $0.covers(source) } }
    }
}
