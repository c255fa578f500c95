/// Regular expressions for RFC 3339's dates, times and durations.
enum DateForms {
    /// A day that there is.
    static let date: String = {
        let long = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
        let short = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
        let february = "02-(?:0[1-9]|1[0-9]|2[0-8])"
        // Years that divide by 4 but not by 100, and those that divide by 400.
        let four = "0[48]|[2468][048]|[13579][26]"
        let leap = "[0-9]{2}(?:\(four))|(?:00|\(four))00"
        return "(?:[0-9]{4}-(?:\(long)|\(short)|\(february))|(?:\(leap))-02-29)"
    }()

    static let time: String = {
        let minute = "[0-5][0-9]"
        let hour = "(?:[01][0-9]|2[0-3])"
        let fraction = "(?:\\.[0-9]+)?"
        return "(?:\(hour):\(minute):\(minute)\(fraction)(?:[Zz]|[+\\-]\(hour):\(minute))"
            + "|23:59:60\(fraction)(?:[Zz]|[+\\-]00:00))"
    }()

    static let duration: String = {
        let seconds = "[0-9]+S"
        let minutes = "[0-9]+M(?:\(seconds))?"
        let hours = "[0-9]+H(?:\(minutes))?"
        let time = "T(?:\(hours)|\(minutes)|\(seconds))"
        let days = "[0-9]+D"
        let months = "[0-9]+M(?:\(days))?"
        let years = "[0-9]+Y(?:\(months))?"
        return "P(?:(?:\(days)|\(months)|\(years))(?:\(time))?|\(time)|[0-9]+W)"
    }()
}
