//! What the customer agrees to.

use super::draft::Draft;
use super::refusal::Refusal;
use crate::domain::action::CustomerChange;
use crate::domain::action::{LineField, Side};
use crate::domain::policy::ConsentRules;

/// The customer agrees to something, or no longer does.
pub fn draft(draft: &mut Draft<'_>, rules: &ConsentRules, consent: &str, given: bool) -> Result<(), Refusal> {
    if !rules.names.is.iter().any(|name| name == consent) {
        return Err(Refusal::UnknownConsent { known: rules.names.is.clone() });
    }
    set(draft, consent, given)?;
    draft.leave_on_customer(CustomerChange::ConsentSet { consent: consent.to_owned(), given });
    Ok(())
}

/// Sets a consent that is not so already.
pub fn set(draft: &mut Draft<'_>, consent: &str, given: bool) -> Result<(), Refusal> {
    let consents = &mut draft.customer.consents;
    let was = consents.iter().any(|own| own == consent);
    if was == given {
        return Err(Refusal::Nothing);
    }
    if given {
        consents.push(consent.to_owned())
    } else {
        consents.retain(|own| own != consent)
    }
    let side = |given: bool| Some(Side::Consent { consent: consent.to_owned(), given });
    draft.say_of_customer(LineField::Consent, side(was), side(given));
    Ok(())
}
