// Who speaks, in words, colours and icons a customer understands.

/** @typedef {{name: string, icon: string, does: string}} Persona */

/** @type {Record<string, Persona>} */
const PERSONAS = {
  orchestrator: { name: "Front desk", icon: "compass", does: "finds out who can help" },
  sales: { name: "Sales", icon: "tag", does: "knows the products" },
  marketing: { name: "Marketing", icon: "percent", does: "knows the offers and codes" },
  support: { name: "Support", icon: "tool", does: "helps when something does not work" },
  logistics: { name: "Logistics", icon: "truck", does: "follows orders and parcels" },
  general: { name: "Assistant", icon: "spark", does: "answers questions about the shop" },
  human: { name: "Shop staff", icon: "person", does: "a person of the shop" },
};

const UNKNOWN = { name: "Assistant", icon: "spark", does: "answers questions" };

/** @param {string|null|undefined} agent @returns {Persona} */
export function persona(agent) {
  return (Object.hasOwn(PERSONAS, agent ?? "") && PERSONAS[agent ?? ""]) || UNKNOWN;
}

/** The class that colours an agent's badge. @param {string|null|undefined} agent */
export function agentClass(agent) {
  return Object.hasOwn(PERSONAS, agent ?? "") ? `agent-${agent}` : "agent-general";
}

/** What an agent is doing. @param {string} agent @param {string} stage */
export function stageLine(agent, stage) {
  const { name } = persona(agent);
  if (agent === "human") return `${name} is writing…`;
  if (stage === "understanding") return "Reading your message…";
  if (stage === "looking_up") return `${name} is looking things up…`;
  if (stage === "writing") return `${name} is writing…`;
  return `${name} is working on it…`;
}

/** What a message was taken to be about. @param {string|null|undefined} intent */
export function intentLine(intent) {
  switch (intent) {
    case "sales": return "finding or comparing a product";
    case "marketing": return "an offer or a code";
    case "support": return "help with something that is not right";
    case "orders": return "an order or a delivery";
    case "general": return "a question about the shop";
    default: return "";
  }
}

/** Who put a reply into words. @param {string|undefined} provider */
export function providerLine(provider) {
  switch (provider) {
    case "template": return "The words are the shop's own prepared sentences, filled in from its records. No language model was involved.";
    case "local": return "The words were put together by a language model running on the shop's own computer, and checked against the records below.";
    case "remote": return "The words were put together by an online language model, and checked against the records below.";
    case "staff": return "A member of staff wrote this.";
    default: return "";
  }
}
