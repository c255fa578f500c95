/// Finds what looks like a key, a token or a password in a text, by forms that are published and hardly ever stand for
/// anything else.
///
/// | kind | form |
/// | --- | --- |
/// | AWS | `AKIA`, `ASIA`, `ABIA` or `ACCA` and 16 letters or digits; 40 characters assigned to `aws_secret_access_key` |
/// | GitHub | `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` and at least 36 characters; `github_pat_` and at least 36 |
/// | GitLab | `glpat-`, `gldt-`, `glrt-`, `glptt-` and at least 20 |
/// | Slack | `xoxb-` and its like and at least 10; `hooks.slack.com/services/` and at least 30 |
/// | Google | `AIza` and 35; `ya29.` and at least 30 |
/// | Stripe | `sk_live_`, `rk_live_`, `whsec_` and at least 16 |
/// | language models | `sk-`, `sk-ant-`, `sk-proj-` and at least 32; `hf_` and at least 30 |
/// | packages | `npm_` and 36; `pypi-` and at least 50 |
/// | others | `SG.` and 66; `dop_v1_` and 64; `shpat_` and 32; `AGE-SECRET-KEY-1` and at least 50 |
/// | JSON Web Token | `eyJ...` `.` `eyJ...` `.` and a signature |
/// | private key | `-----BEGIN ... PRIVATE KEY` up to its end |
/// | password | `scheme://user:password@` |
///
/// It knows forms, not secrets: a password in plain words passes, and so does a token that somebody has encoded or cut
/// into pieces.
public enum SecretScanner {
    /// What kind of secret it looks like.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Of Amazon Web Services.
        case aws
        /// Of GitHub.
        case gitHub = "github"
        /// Of GitLab.
        case gitLab = "gitlab"
        /// Of Slack.
        case slack
        /// Of Google.
        case google
        /// Of Stripe.
        case stripe
        /// Of a provider of language models.
        case languageModel = "language_model"
        /// Of a package registry.
        case registry
        /// Of another service.
        case service
        /// A JSON Web Token.
        case webToken = "jwt"
        /// A private key in PEM or OpenSSH form.
        case privateKey = "private_key"
        /// A password in a URL.
        case password

        /// For a sentence, such as `a GitHub token`.
        public var words: String {
            switch self {
            case .aws: "an AWS key"
            case .gitHub: "a GitHub token"
            case .gitLab: "a GitLab token"
            case .slack: "a Slack token"
            case .google: "a Google key"
            case .stripe: "a Stripe key"
            case .languageModel: "a key of a language model's provider"
            case .registry: "a token of a package registry"
            case .service: "a key of an online service"
            case .webToken: "a JSON Web Token"
            case .privateKey: "a private key"
            case .password: "a password in a URL"
            }
        }
    }

    /// One place that looks like a secret.
    public struct Match: Hashable, Sendable {
        /// What it looks like.
        public let kind: Kind
        /// Where it stands, in bytes of the text's UTF-8.
        public let range: Range<Int>
    }

    /// Everything in `text` that looks like a secret, in order.
    ///
    /// - Complexity: O(*n*), about 3 ns a byte.
    public static func matches(in text: String) -> [Match] {
        let bytes = Array(text.utf8)
        var found: [Match] = []
        var index = 0
        while index < bytes.count {
            guard let match = match(in: bytes, at: index) else {
                index += 1
                continue
            }
            found.append(match)
            // Never back, and never on the spot.
            index = max(match.range.upperBound, index + 1)
        }
        return found
    }

    /// What the first secret in `text` looks like; nil where there is none.
    public static func kind(in text: String) -> Kind? {
        let bytes = Array(text.utf8)
        for index in bytes.indices {
            if let match = match(in: bytes, at: index) { return match.kind }
        }
        return nil
    }

    private static func match(in bytes: [UInt8], at index: Int) -> Match? {
        switch bytes[index] {
        case UInt8(ascii: "-"): return SecretForms.privateKey(bytes, index)
        case UInt8(ascii: ":"): return SecretForms.password(bytes, index)
        case UInt8(ascii: "e"):
            if let token = SecretForms.webToken(bytes, index) { return token }
        case UInt8(ascii: "a"), UInt8(ascii: "A"):
            if let key = SecretForms.assignedKey(bytes, index) { return key }
        default: break
        }
        return SecretForms.token(bytes, index)
    }
}
