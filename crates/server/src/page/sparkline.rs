/// The points of a curve in a box of 66 by 26: from the least to the greatest value, level where
/// all are the same; nothing where there is nothing to tell.
pub fn sparkline(values: &[i64]) -> String {
    let (Some(least), Some(most)) = (values.iter().min(), values.iter().max()) else {
        return String::new();
    };
    let steps = i64::try_from(values.len()).unwrap_or(0) - 1;
    if steps < 1 || *most <= 0 {
        return String::new();
    }
    let height = |value: i64| match most - least {
        0 => 13,
        range => 23 - (value - least) * 20 / range,
    };
    let points =
        (0..).zip(values).map(|(at, value)| format!("{},{}", at * 66 / steps, height(*value)));
    points.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn a_curve_fills_its_box() {
        assert_eq!(sparkline(&[0, 5, 10]), "0,23 33,13 66,3");
        assert_eq!(sparkline(&[4, 4]), "0,13 66,13");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        for values in [&[][..], &[7], &[0, 0]] {
            assert_eq!(sparkline(values), "");
        }
    }
}
