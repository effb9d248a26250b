// Types of what is on the wire and in the page. Only read by the type checker, never loaded.

/** @typedef {"orchestrator"|"sales"|"marketing"|"support"|"logistics"|"general"|"human"} Agent */
/** @typedef {{id: string, kind: string, ref: string, field: string, value: string}} Evidence */
/** @typedef {{minor: number, currency: string, text: string}} Money */
/** @typedef {{label: string, value: string, evidence: string}} CardField */
/** @typedef {{kind: string, ref: string, title: string, money?: Money, status?: string, image?: string, fields: CardField[]}} Card */
/** @typedef {{id: string, label: string}} Option */
/** @typedef {{action_id: string, summary: string}} PendingAction */

/**
 * A reply as it is on the wire.
 * @typedef {object} AgentMessage
 * @property {string} message_id
 * @property {string|null} in_reply_to
 * @property {number} seq
 * @property {string} agent
 * @property {string} text
 * @property {string|null} [intent]
 * @property {number|null} [confidence]
 * @property {string} [provider]
 * @property {Card[]} [cards]
 * @property {Option[]} [options]
 * @property {PendingAction} [pending_action]
 * @property {Evidence[]} [evidence]
 * @property {string} [ticket]
 * @property {boolean} [escalated]
 * @property {string} created_at
 */

/** @typedef {{type: string, [field: string]: any}} Frame */
/** @typedef {{session_id: string, token: string, last_seq: number}} Credentials */

/** @typedef {"sending"|"sent"|"answered"|"failed"} Delivery */

/**
 * What the customer said, from the tap on "Send" to the answer.
 * @typedef {object} UserItem
 * @property {"user"} kind
 * @property {string} key
 * @property {string} text
 * @property {Delivery} state
 * @property {string} [clientId]
 * @property {string} [messageId]
 * @property {number} [seq]
 * @property {number} [ahead]
 * @property {string} [problem] Why it failed, in words.
 * @property {boolean} [wrong] It will not be taken as it is: it has to be changed.
 * @property {boolean} [resent] It cannot be sent again, or has been.
 * @property {Date} at
 * @property {Frame} [event] What is sent, for as long as it may have to be sent again.
 */

/** @typedef {{kind: "agent", key: string, seq: number, message: AgentMessage, latest: boolean, settled: boolean, at: Date}} AgentItem */
/** @typedef {{kind: "draft", key: string, seq?: number, agent: string, parts: string[], at: Date}} DraftItem */
/** @typedef {{kind: "notice", key: string, seq?: number, notice: string, from?: string, to?: string, reason: string, at: Date}} NoticeItem */
/** @typedef {UserItem|AgentItem|DraftItem|NoticeItem} Item */

/** @typedef {{agent: string, stage: string}} Busy */
/** @typedef {"connecting"|"online"|"reconnecting"} LinkState */

/**
 * What the page is told by the shop, with every gap filled.
 * @typedef {object} Config
 * @property {string} shopName
 * @property {string} hours
 * @property {string} locale
 * @property {number} messageChars
 * @property {boolean} offline
 * @property {boolean} cloudVoice
 * @property {string} language
 */

export {};
