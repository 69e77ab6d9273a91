//! The functions of the language. Each can be written `name(x, …)` or `x|name(…)`.

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Abs,
    Ceil,
    Coalesce,
    Count,
    First,
    Floor,
    Last,
    Lower,
    Max,
    Min,
    Number,
    Round,
    Sum,
    Trim,
    Upper,
    Whole,
}

/// How a function is written.
pub(super) struct Manner {
    pub(super) name: &'static str,
    pub(super) word: Word,
    /// Fewest and most arguments, the value before `|` among them.
    pub(super) arguments: (usize, usize),
    /// An example.
    pub(super) example: &'static str,
    /// Whether it can be written `name(x)`; `x|name` always works.
    pub(super) called: bool,
}

/// As many arguments as you like.
const ANY: usize = usize::MAX;

const fn both(name: &'static str, word: Word, arguments: (usize, usize), example: &'static str) -> Manner {
    Manner { name, word, arguments, example, called: true }
}

const fn filter(name: &'static str, word: Word, arguments: (usize, usize), example: &'static str) -> Manner {
    Manner { name, word, arguments, example, called: false }
}

/// Every function, by name.
pub(super) const WORDS: [Manner; 19] = [
    both("abs", Word::Abs, (1, 1), "abs(x)"),
    both("ceil", Word::Ceil, (1, 1), "ceil(x)"),
    both("coalesce", Word::Coalesce, (1, ANY), "coalesce(x, y, 0)"),
    both("count", Word::Count, (1, 1), "count(list)"),
    filter("d", Word::Coalesce, (2, 2), "x|d(0)"),
    filter("default", Word::Coalesce, (2, 2), "x|default(0)"),
    filter("first", Word::First, (1, 1), "list|first"),
    filter("float", Word::Number, (1, 1), "x|float"),
    both("floor", Word::Floor, (1, 1), "floor(x)"),
    filter("int", Word::Whole, (1, 1), "x|int"),
    filter("last", Word::Last, (1, 1), "list|last"),
    filter("length", Word::Count, (1, 1), "list|length"),
    filter("lower", Word::Lower, (1, 1), "text|lower"),
    both("max", Word::Max, (1, ANY), "max(0, x)"),
    both("min", Word::Min, (1, ANY), "min(x, y)"),
    both("round", Word::Round, (1, 2), "round(x, 2)"),
    both("sum", Word::Sum, (1, ANY), "sum(list)"),
    filter("trim", Word::Trim, (1, 1), "text|trim"),
    filter("upper", Word::Upper, (1, 1), "text|upper"),
];

/// Words with a meaning of their own; no field can be called so.
pub(in crate::stock) const KEYWORDS: [&str; 13] =
    ["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None"];
