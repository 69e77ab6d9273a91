//! The trend as a picture: one bar a day, on nothing, in tones that stand out from a light and from a dark page alike.
//! The numbers and the days stand beside it as text; it has none of its own.

use super::message::Direction;

/// Pixels a day is wide, and the picture is tall: twice the size at which it is shown, for sharp screens.
const DAY: usize = 80;
const HEIGHT: usize = 112;

/// The size at which so many days are shown.
pub(super) fn shown(days: usize) -> (usize, usize) {
    (days * DAY / 2, HEIGHT / 2)
}

/// Pixels of a day's width that its bar takes.
const BAR: usize = 50;

/// The palette: nothing, the ground line, days gone by, the last day. Each tone has a contrast of at least 3 to 1 (WCAG
/// 2.2, 1.4.11) with the mail's light and dark cards.
const TONES: [[u8; 3]; 4] = [[0, 0, 0], [128, 138, 148], [106, 132, 160], [201, 98, 46]];

const GROUND: u8 = 1;
const BEFORE: u8 = 2;
const LAST: u8 = 3;

/// Height of the ground line.
const LINE: usize = 3;

/// Draws how many were open at the end of each day, oldest first, in the direction in which the reader reads: a PNG,
/// the same bytes for the same numbers. Empty if there is nothing to draw.
pub(super) fn chart(open: &[u32], direction: Direction) -> Vec<u8> {
    let Some(most) = open.iter().max().map(|most| u64::from(*most).max(1)) else { return vec![] };
    let width = open.len() * DAY;
    let room = (HEIGHT - LINE) as u64;
    let mut pixels = vec![0; width * HEIGHT];
    for (place, open_then) in open.iter().enumerate() {
        // What is there at all is seen, however little it is beside the most.
        let tall = (u64::from(*open_then) * room).div_ceil(most).max(if *open_then > 0 { 4 } else { 0 });
        let tall = usize::try_from(tall).unwrap_or_default();
        let tone = if place + 1 == open.len() { LAST } else { BEFORE };
        let column = if direction == Direction::Rtl { open.len() - 1 - place } else { place };
        let from = column * DAY + (DAY - BAR) / 2;
        for row in pixels.chunks_exact_mut(width).rev().skip(LINE).take(tall) {
            row[from..from + BAR].fill(tone);
        }
    }
    pixels[width * (HEIGHT - LINE)..].fill(GROUND);
    encode(&pixels, width).unwrap_or_default()
}

/// Four tones in two bits a pixel.
fn encode(pixels: &[u8], width: usize) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let (width, height) = (u32::try_from(width).unwrap_or_default(), u32::try_from(HEIGHT).unwrap_or_default());
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(TONES.concat());
    encoder.set_trns([0].as_slice());
    encoder.set_compression(png::Compression::High);
    let packed: Vec<u8> = pixels.chunks(4).map(|four| four.iter().fold(0, |byte, tone| byte << 2 | tone)).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&packed)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Height of each of the bars, from the left, and the tone of each.
    fn bars(file: &[u8], days: usize) -> Vec<(usize, u8)> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::IDENTITY);
        let mut reader = decoder.read_info().unwrap();
        let info = reader.info();
        assert_eq!((info.width as usize, info.height as usize), (days * DAY, HEIGHT));
        assert_eq!(info.palette.as_deref(), Some(TONES.concat().as_slice()));
        assert_eq!(info.trns.as_deref(), Some([0].as_slice()), "what is not drawn is transparent");
        let mut packed = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut packed).unwrap();
        let tone = |x: usize, y: usize| {
            let byte = packed[(y * days * DAY + x) / 4];
            byte >> (6 - 2 * (x % 4)) & 3
        };
        (0..days)
            .map(|day| {
                let x = day * DAY + DAY / 2;
                let inked = |y: &usize| tone(x, *y) > GROUND;
                ((0..HEIGHT).filter(inked).count(), (0..HEIGHT).map(|y| tone(x, y)).max().unwrap())
            })
            .collect()
    }

    #[test]
    fn bars_are_as_tall_as_their_numbers_and_run_as_the_reader_reads() {
        let open = [0, 1, 50, 100, 1_000];
        let left_to_right = bars(&chart(&open, Direction::Ltr), open.len());
        assert_eq!(left_to_right, [(0, GROUND), (4, BEFORE), (6, BEFORE), (11, BEFORE), (109, LAST)]);
        let mut mirrored = bars(&chart(&open, Direction::Rtl), open.len());
        mirrored.reverse();
        assert_eq!(mirrored, left_to_right);
    }

    #[test]
    fn numbers_of_any_size_make_a_small_file_or_none() {
        assert_eq!(chart(&[], Direction::Ltr), [0; 0]);
        assert_eq!(bars(&chart(&[0; 14], Direction::Ltr), 14), [(0, GROUND); 14]);
        assert_eq!(bars(&chart(&[u32::MAX], Direction::Rtl), 1), [(109, LAST)]);
        let days: Vec<u32> = (0..14).map(|day| day * day * 7 % 97).collect();
        let file = chart(&days, Direction::Ltr);
        assert!(file.len() < 1_500, "{}", file.len());
        assert_eq!(file, chart(&days, Direction::Ltr), "the same mail is the same bytes");
    }

    #[test]
    fn its_tones_stand_out_from_light_and_dark_cards() {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let light = |[r, g, b]: [u8; 3]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        for ground in [[0xff, 0xff, 0xff], [0xf2, 0xf4, 0xf6], [0x1d, 0x22, 0x27], [0x12, 0x15, 0x18]] {
            for tone in &TONES[1..] {
                let (a, b) = (light(ground), light(*tone));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 3.0, "{tone:?} on {ground:?}: {contrast:.2}");
            }
        }
    }
}
