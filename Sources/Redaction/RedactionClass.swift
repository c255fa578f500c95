/// A kind of text that is replaced before it is recorded. Its name stands in the token that is left: `<EMAIL:h:...>`.
public struct RedactionClass: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Capital letters, digits and `_`; the first one is a letter.
    public let name: String

    init(unchecked name: String) {
        self.name = name
    }

    /// The class of an operator's own pattern; nil unless `name` is 2 to 32 capital letters, digits and `_`, begins with
    /// a letter and isn't the name of a class that is always there.
    public init?(pattern name: String) {
        let bytes = Array(name.utf8)
        guard (2...32).contains(bytes.count), ByteKind.isUpper(bytes[0]),
            bytes.allSatisfy({ ByteKind.isUpper($0) || ByteKind.isDigit($0) || $0 == UInt8(ascii: "_") }),
            !Self.builtIn.contains(where: { $0.name == name })
        else { return nil }
        self.name = name
    }

    /// The exact value of a secret that Warrant was told of, plain or encoded.
    public static let secret = RedactionClass(unchecked: "SECRET")
    /// A key of a service, known by its form: AWS, GitHub, GitLab, Slack, Google, Stripe and the like.
    public static let serviceKey = RedactionClass(unchecked: "SERVICE_KEY")
    /// A JSON Web Token.
    public static let webToken = RedactionClass(unchecked: "WEB_TOKEN")
    /// A private key in PEM armor.
    public static let privateKey = RedactionClass(unchecked: "PRIVATE_KEY")
    /// What follows `Bearer` or `Basic`.
    public static let authorization = RedactionClass(unchecked: "AUTHORIZATION")
    /// The password of a connection string, or a value that a key word such as `password` or `api_key` is given.
    public static let password = RedactionClass(unchecked: "PASSWORD")
    /// The number of a payment card.
    public static let card = RedactionClass(unchecked: "CARD")
    /// The number of a bank account.
    public static let iban = RedactionClass(unchecked: "IBAN")
    /// A mail address.
    public static let email = RedactionClass(unchecked: "EMAIL")
    /// A telephone number.
    public static let phone = RedactionClass(unchecked: "PHONE")
    /// An IPv4 or IPv6 address.
    public static let ip = RedactionClass(unchecked: "IP")
    /// The hardware address of a network card.
    public static let mac = RedactionClass(unchecked: "MAC")

    /// What is replaced in every run.
    public static let always: [RedactionClass] = [
        .secret, .serviceKey, .webToken, .privateKey, .authorization, .password, .card, .iban,
    ]
    /// What is replaced where a workflow or the operator asks for it: it is also the ordinary data of specifications.
    public static let onRequest: [RedactionClass] = [.email, .phone, .ip, .mac]

    private static let builtIn = always + onRequest

    /// The name.
    public var description: String { name }

    /// By name.
    public static func < (left: RedactionClass, right: RedactionClass) -> Bool { left.name < right.name }
}
