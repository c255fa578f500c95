/// The endings of names by which programs tell that a bare name is a link, and those by which people tell that it is a
/// file.
enum TopLevelDomains {
    /// Whether `ending`, in lower case, makes a bare name a link.
    static func contains(_ ending: String) -> Bool { countries.contains(ending) || generic.contains(ending) }

    /// Whether `ending`, in lower case, is one of common files. Those that are domains as well (`md`, `py`, `rs`, `sh`,
    /// `zip`) count as files; with a path behind them such names are found all the same.
    static func isFileEnding(_ ending: String) -> Bool { files.contains(ending) }

    private static let files = words(
        """
        md txt rst tex bib log lock ini cfg conf toml yaml yml json jsonl xml csv tsv sql db sqlite parquet xlsx xls ods \
        docx doc odt rtf pptx ppt odp pdf epub html htm css scss svg png jpg jpeg gif bmp tiff webp ico psd heic raw mp3 \
        wav ogg flac mp4 mov avi mkv webm zip gz tgz bz2 xz zst rar tar iso dmg exe dll bin dat bak tmp old orig swp pid \
        sock sh bash zsh fish bat cmd py pyc pyi ipynb rb php js mjs cjs ts tsx jsx vue go rs java jar class kt kts scala \
        clj cs csproj fs vb c h cpp cxx hpp hh m mm swift dart lua jl hs ex exs erl el lisp asm s gradle cmake mk \
        diff patch eml ics vcf pem crt cer csr key pub woff woff2 ttf otf eot map wasm proto graphql mustache tmpl tpl \
        service timer socket mount plist deb rpm apk msi
        """)

    private static let countries = words(
        """
        ac ad ae af ag al am ao aq ar at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd \
        cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd \
        ge gf gg gh gi gl gm gn gp gq gr gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh \
        ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc me mg mh ml mn mo mp mq mr mt mu mv mw mx my mz na \
        nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pn pr ps pt pw qa re ro ru rw sa sb sc sd se sg si sj sk \
        sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg \
        vi vn vu wf ws ye yt za zm zw
        """)

    private static let generic = words(
        """
        com org net edu gov mil int arpa info biz name pro aero asia cat coop jobs mobi museum post tel travel xxx onion \
        app dev page blog site online website web shop store tech cloud top club live life link click icu vip xyz news art \
        fun space world work works zone wiki win wtf wang video ventures vacations university town tours tools tips \
        tickets theater tennis team tax tattoo systems surgery support supply supplies sucks style studio study stream \
        social software solutions soccer ski singles show shoes services sexy sex security science school sale run rocks \
        rip reviews review rest restaurant repair rentals rent reisen red recipes realty radio quest productions press \
        porn poker plus plumbing pizza pink pictures photos photography photo pet party partners parts organic one \
        observer nyc ninja network navy mortgage money moe moda mobile mom miami menu memorial men media mba market \
        marketing management maison lol loans loan limo lighting lgbt legal lease land kitchen kim juegos jewelry jetzt \
        international investments insure institute ink immo immobilien house hosting host horse holiday holdings hockey \
        hiv help health haus guru guitars guide gripe green gratis graphics gold golf gmbh global glass gives gift gifts \
        gay garden games game gallery futbol fund furniture foundation forum forsale football foo fm flowers florist \
        flights fitness fish financial finance film feedback family fashion farm fans faith fail express expert exposed \
        exchange events estate equipment engineering enterprises energy email education earth download domains dog doctor \
        direct directory digital diet diamonds design dental democrat delivery deals dating date dance cymru cyou cruises \
        credit creditcard courses coupons country contractors construction consulting computer community company cologne \
        coffee codes code coach cleaning clothing claims city church christmas cheap chat center cash casino care cards car \
        capital camp camera cafe cab buzz business build builders boutique bot boo bond blue black bingo bike bid bet best \
        berlin beer beauty bar band baby autos auto audio auction associates army apartments agency africa adult actor \
        accountants academy london paris tokyo amsterdam wien hamburg koeln swiss scot wales quebec vegas boston \
        google amazon apple microsoft gle goog youtube windows office azure aws skype bing
        """)

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
}
