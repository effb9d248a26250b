//! Texts as a tree of bytes.

/// A place in a [`Tree`].
pub(super) type Node = u32;

#[derive(Debug, Default)]
struct Branches {
    next: Vec<(u8, Node)>,
    whole: bool,
}

/// Texts that share their beginnings.
#[derive(Debug)]
pub(super) struct Tree {
    /// The first is the root.
    nodes: Vec<Branches>,
}

impl Tree {
    /// Where every text begins.
    pub(super) const ROOT: Node = 0;

    /// The tree of these texts.
    pub(super) fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut tree = Self { nodes: vec![Branches::default()] };
        for text in texts {
            tree.add(text);
        }
        tree
    }

    fn add(&mut self, text: &str) {
        let mut at = Self::ROOT;
        for byte in text.bytes() {
            at = match self.follow(at, byte) {
                Some(next) => next,
                None => {
                    let Ok(new) = Node::try_from(self.nodes.len()) else { return };
                    self.nodes.push(Branches::default());
                    if let Some(node) = self.nodes.get_mut(at as usize) {
                        node.next.push((byte, new));
                    }
                    new
                }
            };
        }
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.whole = true;
        }
    }

    /// Whether there is no text in it.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.first().is_none_or(|root| root.next.is_empty())
    }

    /// Where one more byte leads; `None` if no text goes on so.
    pub(super) fn follow(&self, at: Node, byte: u8) -> Option<Node> {
        self.nodes.get(at as usize)?.next.iter().find(|(b, _)| *b == byte).map(|(_, next)| *next)
    }

    /// Whether a text ends here.
    pub(super) fn whole(&self, at: Node) -> bool {
        self.nodes.get(at as usize).is_some_and(|node| node.whole)
    }
}
