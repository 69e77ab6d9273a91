#!/bin/sh
# Takes pictures of every mail, for people to look at: target/mails/NAME-LANGUAGE-WIDTH-SCHEME.png.
# Usage: tests/mails.sh [LANGUAGE...]; needs Chromium and fonts for the languages.
set -eu
cd "$(dirname "$0")/.."
cargo test --quiet --lib notify::mails::write_the_mails_as_pages -- --ignored
cd target/mails
rm -f ./*.png
for language in "${@:-en}"; do
    for name in digest single campaign fixed alarm; do
        for width in 1000 375; do
            # Chromium's window is at least 500 wide: a narrow page is shown in a frame.
            printf '<body style="margin:0"><iframe src="%s-%s.html" style="border:0;width:%spx;height:4200px">' \
                "$name" "$language" "$width" >frame.html
            for scheme in light dark; do
                dark=$([ "$scheme" = dark ] && echo --blink-settings=preferredColorScheme=0 || echo --blink-settings=preferredColorScheme=1)
                chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "$dark" --window-size="$width,2600" \
                    --screenshot="$name-$language-$width-$scheme.png" frame.html >/dev/null 2>&1
            done
        done
    done
done
ls ./*.png
