// Made by scripts/make-sdk.ts from schemas/1.2: change those, in a new release, and make this again.

/** Why a detail is missing. Why a detail is not given: unknown is not unasked [Motif d’absence d’un élément] */
export type AbsenceReasonCode = 'not-known' | 'not-asked' | 'refused' | 'not-relevant' | 'withheld' | 'none-yet'

/** Accommodation. Where a child slept or lives, in either country [Hébergement] */
export type AccommodationKindCode = 'tent' | 'tent-with-unrelated-adults' | 'caravan' | 'converted-container' | 'moves-nightly' | 'sleeping-rough-street' | 'sleeping-rough-woods' | 'place-of-worship' | 'community-kitchen-floor' | 'fr-emergency-shelter' | 'fr-caomie' | 'fr-ase-foster' | 'fr-ase-home' | 'uk-foster-care' | 'uk-kinship-foster-care' | 'uk-childrens-home' | 'uk-secure-home' | 'uk-supported-accommodation' | 'uk-independent-living' | 'uk-reception-centre' | 'uk-home-office' | 'with-parents' | 'with-relatives' | 'with-claimed-relative' | 'private-unrelated' | 'hospital' | 'custody' | 'hotel' | 'squat-or-disused-building' | 'at-workplace' | 'vehicle' | 'uk-parent-and-baby-placement' | 'uk-welsh-or-scottish-placement' | 'fr-hotel' | 'fr-mother-and-baby' | 'fr-five-day-centre' | 'airport-or-port-waiting-area' | 'foreign-care' | 'other' | 'none' | 'unknown'

/** Risk from a person. What is known of the risk from a person around the child [Risque présenté par une personne] */
export type AdultRiskCode = 'none-identified' | 'unknown' | 'suspected' | 'confirmed'

/** Kind of age assessment. How full the assessment was [Type d’évaluation de l’âge] */
export type AgeAssessmentKindCode = 'initial-opinion' | 'abbreviated' | 'full' | 'judicial' | 'unknown'

/** Who assessed age. Who gave a view on the child’s age, or decided it [Auteur de l’évaluation de l’âge] */
export type AgeAssessorCode = 'local-authority' | 'naab' | 'home-office-initial' | 'departement' | 'court' | 'other' | 'unknown'

/** Decision on age. What the assessment concluded [Décision sur l’âge] */
export type AgeDecisionCode = 'child-as-claimed' | 'child-other-age' | 'adult' | 'inconclusive'

/** Standing of the stated age. Where age is in doubt the person is treated as a child until a full lawful assessment shows an adult [Statut de l’âge déclaré] */
export type AgeStatusCode = 'accepted' | 'not-assessed' | 'disputed' | 'assessed-child' | 'assessed-adult' | 'under-challenge' | 'unknown'

/** Safety alert. What a professional must know before acting [Alerte de sécurité] */
export type AlertKindCode = 'suicide-risk' | 'self-harm-risk' | 'life-critical-medication' | 'overdose-or-withdrawal-risk' | 'missing-again-risk' | 're-trafficking-risk' | 'adult-controls-child' | 'do-not-alert-adult' | 'do-not-disclose-location' | 'violence-towards-staff' | 'infection-risk' | 'fear-of-police' | 'interpreter-caution' | 'violence-or-weapon' | 'keep-siblings-together' | 'parent-and-baby' | 'pregnancy' | 'allergy' | 'communication-need' | 'honour-based-abuse-risk' | 'sexual-exploitation-risk' | 'other'

/** Status of an answer. Whether a question is answered [Statut de la réponse] */
export type AnswerStatusCode = 'answered' | 'partial' | 'not-known' | 'later' | 'refused'

/** State of an application. How far an application has come, or that it was given up [État d’une demande] */
export type ApplicationStatusCode = 'wanted' | 'being-prepared' | 'made' | 'accepted' | 'refused' | 'given-up' | 'lapsed' | 'unknown'

/** Scheme of an area code. Whose codes an area code is of [Nomenclature de zone] */
export type AreaSchemeCode = 'gss' | 'insee-departement' | 'insee-commune' | 'insee-ctcd' | 'hsc-trust'

/** Why assessment is asked for. Why children’s services are asked to assess [Motif de la demande d’évaluation] */
export type AssessmentBasisCode = 'in-uk-unknown-to-services' | 'adult-relationship-doubted' | 'known-new-concerns' | 'age-treated-as-adult' | 'found-after-missing' | 'exploitation-suspected' | 'seen-in-france-after-uk' | 'parent-with-child' | 'other'

/** Kind of attachment. What an attachment is; indecent images are for the police only [Type de pièce jointe] */
export type AttachmentKindCode = 'identity-photograph' | 'injury-photograph' | 'health-record' | 'identity-document' | 'referral-form' | 'assessment-report' | 'court-order' | 'child-statement' | 'missing-poster' | 'death-certificate' | 'other'

/** Authenticity. What is thought of a document’s authenticity [Authenticité] */
export type AuthenticityCode = 'not-checked' | 'accepted' | 'doubted' | 'false' | 'unknown'

/** Kind of authority. To whom a report was made, or which authority is meant [Type d’autorité] */
export type AuthorityKindCode = 'fr-police' | 'fr-crip' | 'fr-ase' | 'fr-119' | 'fr-procureur' | 'fr-prefecture' | 'fr-116000' | 'uk-police' | 'uk-childrens-services' | 'uk-home-office' | 'uk-nca' | 'uk-nrm' | 'central-authority' | 'fr-brigade-mineurs' | 'fr-juge-des-enfants' | 'foreign-child-protection' | 'foreign-police' | 'red-cross' | 'hospital' | 'other'

/** Calendar of the date as first given. Afghan, Ethiopian, Eritrean and Islamic calendars cause errors in recorded ages [Calendrier de la date d’origine] */
export type CalendarCode = 'gregorian' | 'solar-hijri' | 'islamic' | 'ethiopian' | 'unknown'

/** Certainty. How sure the sender is [Degré de certitude] */
export type CertaintyCode = 'certain' | 'probable' | 'doubtful' | 'disputed' | 'unknown'

/** Question to the status check. What the coordinator asks the status checker [Question posée] */
export type CheckQuestionCode = 'known-to-home-office' | 'entered-uk' | 'current-location' | 'allocated-social-worker' | 'living-with' | 'sibling-location' | 'reunion-application' | 'death-recorded'

/** Whether the child was told. Whether the child was told of the message [Information de l’enfant] */
export type ChildInformedCode = 'yes' | 'no' | 'not-possible' | 'would-increase-risk' | 'unknown'

/** Reason for closing. Why the coordinator closes the case [Motif de clôture] */
export type ClosureReasonCode = 'safeguarded-needs-met' | 'not-located-flag-kept' | 'located-elsewhere' | 'turned-18' | 'assessed-adult' | 'duplicate' | 'withdrawn-by-referrer' | 'opened-in-error' | 'transferred' | 'child-died' | 'returned-to-france' | 'with-parent' | 'other'

/** Child protection concern. What gives cause for concern about a child, from the NSPCC report and from what both countries record (Primero, the form of the National Referral Mechanism) [Élément de danger ou d’inquiétude] */
export type ConcernCode = 'separated-from-carers' | 'no-stable-home' | 'unsafe-sleeping-place' | 'dangerous-crossing-attempts' | 'contact-with-concerning-adults' | 'basic-needs-unmet' | 'poor-mental-health' | 'self-harm' | 'suicidal-thoughts' | 'illness' | 'adults-blocking-services' | 'medical-care-prevented' | 'physical-abuse-by-unrelated-adult' | 'physical-abuse-by-official' | 'moved-around-france' | 'drug-use' | 'alcohol-use' | 'forced-drug-use' | 'sexual-abuse' | 'sexual-exploitation' | 'made-to-work-for-traffickers' | 'criminal-exploitation' | 'exhaustion-from-trying' | 'trafficking-risk' | 'controlled-by-abusive-adults' | 'unknown-adult-claiming-kinship' | 'excessive-chores' | 'injury' | 'untreated-health-condition' | 'faith-or-belief-abuse' | 'carrying-weapon-in-fear' | 'fear-of-authorities' | 'lost-hope' | 'no-education' | 'repeatedly-missing' | 'wants-to-leave-uk' | 'domestic-servitude' | 'debt-bondage' | 'forced-begging' | 'organ-harvesting' | 'labour-exploitation' | 'forced-cannabis-growing' | 'forced-drug-dealing' | 'forced-theft' | 'forced-fraud' | 'made-to-smuggle-others' | 'online-exploitation' | 'forced-marriage' | 'female-genital-mutilation' | 'honour-based-abuse' | 'pregnant' | 'young-parent' | 'disability' | 'communication-need' | 'emotional-abuse' | 'neglect' | 'domestic-abuse' | 'threats-to-family' | 'gang-affiliation' | 'captivity-on-journey' | 'bereavement' | 'detained-or-treated-as-adult' | 'exposure-to-violence' | 'other'

/** Standing of a concern. How far a concern is established [Statut d’un élément de danger ou d’inquiétude] */
export type ConcernStatusCode = 'suspected' | 'reported' | 'observed' | 'confirmed' | 'past' | 'ruled-out' | 'unknown'

/** State of a condition. Whether a condition is treated [État] */
export type ConditionStatusCode = 'untreated' | 'in-treatment' | 'treated' | 'resolved' | 'unknown'

/** Given by. Who gave the consent [Donné par] */
export type ConsentByCode = 'child' | 'parent' | 'guardian'

/** Consent. Whether consent was given; seldom the basis for sharing [Consentement] */
export type ConsentGivenCode = 'given' | 'refused' | 'withdrawn' | 'not-sought' | 'not-able' | 'declined' | 'unknown'

/** Kind of contact detail. How somebody may be reached [Type de coordonnée] */
export type ContactKindCode = 'phone' | 'messaging' | 'social-media' | 'email' | 'other'

/** Outcome of contact. How contact between relatives went [Résultat du contact] */
export type ContactOutcomeCode = 'went-well' | 'mixed' | 'stopped-for-safety' | 'child-declined' | 'not-yet' | 'relationship-not-confirmed' | 'unknown'

/** Country or territory. ISO 3166-1 alpha-3, with XKX for Kosovo and ICAO Doc 9303’s XXA stateless, XXB and XXC refugee, XXX unspecified [Pays ou territoire] */
export type CountryCode = 'ABW' | 'AFG' | 'AGO' | 'AIA' | 'ALA' | 'ALB' | 'AND' | 'ARE' | 'ARG' | 'ARM' | 'ASM' | 'ATA' | 'ATF' | 'ATG' | 'AUS' | 'AUT' | 'AZE' | 'BDI' | 'BEL' | 'BEN' | 'BES' | 'BFA' | 'BGD' | 'BGR' | 'BHR' | 'BHS' | 'BIH' | 'BLM' | 'BLR' | 'BLZ' | 'BMU' | 'BOL' | 'BRA' | 'BRB' | 'BRN' | 'BTN' | 'BVT' | 'BWA' | 'CAF' | 'CAN' | 'CCK' | 'CHE' | 'CHL' | 'CHN' | 'CIV' | 'CMR' | 'COD' | 'COG' | 'COK' | 'COL' | 'COM' | 'CPV' | 'CRI' | 'CUB' | 'CUW' | 'CXR' | 'CYM' | 'CYP' | 'CZE' | 'DEU' | 'DJI' | 'DMA' | 'DNK' | 'DOM' | 'DZA' | 'ECU' | 'EGY' | 'ERI' | 'ESH' | 'ESP' | 'EST' | 'ETH' | 'FIN' | 'FJI' | 'FLK' | 'FRA' | 'FRO' | 'FSM' | 'GAB' | 'GBR' | 'GEO' | 'GGY' | 'GHA' | 'GIB' | 'GIN' | 'GLP' | 'GMB' | 'GNB' | 'GNQ' | 'GRC' | 'GRD' | 'GRL' | 'GTM' | 'GUF' | 'GUM' | 'GUY' | 'HKG' | 'HMD' | 'HND' | 'HRV' | 'HTI' | 'HUN' | 'IDN' | 'IMN' | 'IND' | 'IOT' | 'IRL' | 'IRN' | 'IRQ' | 'ISL' | 'ISR' | 'ITA' | 'JAM' | 'JEY' | 'JOR' | 'JPN' | 'KAZ' | 'KEN' | 'KGZ' | 'KHM' | 'KIR' | 'KNA' | 'KOR' | 'KWT' | 'LAO' | 'LBN' | 'LBR' | 'LBY' | 'LCA' | 'LIE' | 'LKA' | 'LSO' | 'LTU' | 'LUX' | 'LVA' | 'MAC' | 'MAF' | 'MAR' | 'MCO' | 'MDA' | 'MDG' | 'MDV' | 'MEX' | 'MHL' | 'MKD' | 'MLI' | 'MLT' | 'MMR' | 'MNE' | 'MNG' | 'MNP' | 'MOZ' | 'MRT' | 'MSR' | 'MTQ' | 'MUS' | 'MWI' | 'MYS' | 'MYT' | 'NAM' | 'NCL' | 'NER' | 'NFK' | 'NGA' | 'NIC' | 'NIU' | 'NLD' | 'NOR' | 'NPL' | 'NRU' | 'NZL' | 'OMN' | 'PAK' | 'PAN' | 'PCN' | 'PER' | 'PHL' | 'PLW' | 'PNG' | 'POL' | 'PRI' | 'PRK' | 'PRT' | 'PRY' | 'PSE' | 'PYF' | 'QAT' | 'REU' | 'ROU' | 'RUS' | 'RWA' | 'SAU' | 'SDN' | 'SEN' | 'SGP' | 'SGS' | 'SHN' | 'SJM' | 'SLB' | 'SLE' | 'SLV' | 'SMR' | 'SOM' | 'SPM' | 'SRB' | 'SSD' | 'STP' | 'SUR' | 'SVK' | 'SVN' | 'SWE' | 'SWZ' | 'SXM' | 'SYC' | 'SYR' | 'TCA' | 'TCD' | 'TGO' | 'THA' | 'TJK' | 'TKL' | 'TKM' | 'TLS' | 'TON' | 'TTO' | 'TUN' | 'TUR' | 'TUV' | 'TWN' | 'TZA' | 'UGA' | 'UKR' | 'UMI' | 'URY' | 'USA' | 'UZB' | 'VAT' | 'VCT' | 'VEN' | 'VGB' | 'VIR' | 'VNM' | 'VUT' | 'WLF' | 'WSM' | 'YEM' | 'ZAF' | 'ZMB' | 'ZWE' | 'XKX' | 'XXA' | 'XXB' | 'XXC' | 'XXX'

/** Part of a date. Which part of a date was filled in by default [Élément de date] */
export type DatePartCode = 'day' | 'month' | 'year'

/** Cause of a death. What caused a child’s death, as far as it is known [Cause du décès] */
export type DeathCauseCode = 'road-or-vehicle' | 'railway' | 'drowning' | 'suffocation' | 'cold' | 'fire' | 'illness' | 'violence' | 'self-inflicted' | 'overdose' | 'withheld' | 'other' | 'unknown'

/** Kind of document. What document it is [Type de document] */
export type DocumentKindCode = 'passport' | 'identity-card' | 'birth-certificate' | 'asylum-registration' | 'fr-care-document' | 'other' | 'residence-permit' | 'consular-document' | 'unknown'

/** How the document was seen. What of a document was seen [Modalité de consultation] */
export type DocumentSeenCode = 'original' | 'copy' | 'described' | 'not-seen' | 'unknown'

/** Whether the child entered the UK. Whether an entry is on record [Entrée au Royaume-Uni] */
export type EnteredUkCode = 'yes' | 'no-record' | 'refused-at-border' | 'unknown'

/** State of the missing episode. Where a missing episode stands [État de l’épisode] */
export type EpisodeStatusCode = 'open' | 'updated' | 'found' | 'returned' | 'reported-in-error' | 'child-died'

/** Distinguishing feature. What helps to recognise the child [Signe particulier] */
export type FeatureKindCode = 'scar' | 'birthmark' | 'tattoo' | 'injury' | 'disability' | 'glasses-or-aid' | 'henna-or-ritual-mark' | 'other'

/** What to do with the flag. What the status checker does with the flag [Sort de l’avis de recherche interne] */
export type FlagInstructionCode = 'keep' | 'remove' | 'none'

/** Condition in which a child was found. How the child is, as far as the sender knows [État dans lequel l’enfant est retrouvé] */
export type FoundConditionCode = 'well' | 'needs-care' | 'in-hospital' | 'dead' | 'unknown'

/** Result of an NRM decision. What was decided, or that nothing is yet [Sens de la décision du NRM] */
export type GroundsResultCode = 'positive' | 'negative' | 'pending' | 'reconsidered' | 'withdrawn' | 'unknown'

/** Stage of an NRM decision. Which of the two decisions of the National Referral Mechanism [Étape de la décision du NRM] */
export type GroundsStageCode = 'reasonable-grounds' | 'conclusive-grounds'

/** What a health statement rests on. Whether it was said, seen, diagnosed or read [Fondement] */
export type HealthBasisCode = 'self-reported' | 'observed' | 'diagnosed' | 'record' | 'unknown'

/** Kind of health condition. Broad kinds of health condition, for those who don’t code [Type de problème de santé] */
export type HealthKindCode = 'cardiac' | 'respiratory' | 'infectious' | 'skin' | 'dental' | 'mental-health' | 'neurological' | 'pregnancy' | 'disability' | 'malnutrition' | 'epilepsy-or-seizures' | 'diabetes' | 'sexual-or-reproductive' | 'female-genital-mutilation' | 'hearing-or-sight' | 'unknown' | 'other'

/** How the child came to notice. How the child came to the notice of an authority [Circonstances de la localisation] */
export type HowFoundCode = 'found-in-lorry-by-immigration' | 'found-in-lorry-by-police' | 'found-in-lorry-by-other' | 'found-small-boat' | 'self-presented-childrens-services' | 'self-presented-police' | 'self-presented-immigration' | 'presented-by-adult' | 'encountered-by-police' | 'already-in-records' | 'record-corrected' | 'told-by-relative-or-peer' | 'returned-to-placement' | 'found-in-france' | 'found-elsewhere' | 'found-by-hospital' | 'found-by-school' | 'found-at-workplace' | 'found-dead' | 'unknown' | 'other'

/** What an identity detail rests on. What the child, the family, the community, professionals or documents say may differ [Fondement d’un élément d’identité] */
export type IdentityBasisCode = 'self-reported' | 'family-reported' | 'community-knowledge' | 'practitioner-knowledge' | 'document-seen' | 'document-copy' | 'authority-record' | 'formal-assessment' | 'unknown'

/** Immediacy. How soon somebody must act; goes with the envelope’s priority [Urgence] */
export type ImmediacyCode = 'immediate' | 'same-day' | 'days' | 'none' | 'unknown'

/** Purpose of the information. Why the information is sent [Objet de la transmission] */
export type InformationPurposeCode = 'initial-sharing' | 'update' | 'correction' | 'risk-alert' | 'health-records' | 'case-guidance' | 'family-contact-outcome' | 'child-seen-in-france' | 'for-police' | 'death-notice' | 'other'

/** Where the information comes from. Who saw it or said it: facts observed are told from words heard [Origine de l’information] */
export type InformationSourceCode = 'child' | 'family' | 'peer' | 'accompanying-adult' | 'practitioner-observed' | 'community' | 'rumour' | 'document' | 'authority-record' | 'health-professional' | 'phone-or-online' | 'accompanying-child' | 'police' | 'unknown' | 'other'

/** Cause of injury. What caused an injury, as reported [Cause de la blessure] */
export type InjuryCauseCode = 'gas-canister' | 'beating-by-official' | 'beating-by-adult' | 'vehicle' | 'fall-or-fence' | 'burn' | 'self-inflicted' | 'assault-by-peer' | 'cold-or-sea' | 'dog' | 'unknown' | 'other'

/** Ability in a language. How well a language is spoken [Maîtrise] */
export type LanguageAbilityCode = 'first-language' | 'good' | 'some' | 'unknown'

/** Lawful basis. The sender’s lawful basis, GDPR and UK GDPR article 6 [Base légale] */
export type LawfulBasisCode = 'legal-obligation' | 'vital-interests' | 'public-task' | 'recognised-legitimate-interest' | 'legitimate-interests' | 'consent'

/** Why a child left French care. Why a child left, as the child or the staff say [Motif du départ d’un lieu d’accueil français] */
export type LeftCareReasonCode = 'waited-too-long' | 'not-understood' | 'nobody-spoke-language' | 'wanted-to-join-family' | 'wanted-to-try' | 'pressure-by-adults' | 'not-safe-there' | 'no-place' | 'age-not-believed' | 'five-days-ended' | 'other' | 'unknown'

/** Legal status of care. On what legal basis a child is cared for, in either country [Statut juridique de la prise en charge] */
export type LegalStatusCode = 'gb-section-20' | 'gb-interim-care-order' | 'gb-care-order' | 'gb-emergency-protection' | 'gb-police-protection' | 'gb-care-proceedings' | 'gb-section-17' | 'gb-private-fostering' | 'gb-scotland-ni' | 'fr-urgence' | 'fr-opp' | 'fr-assistance-educative' | 'fr-tutelle' | 'fr-accueil-provisoire' | 'gb-wales-section-76' | 'gb-special-guardianship' | 'gb-child-arrangements' | 'gb-leaving-care' | 'fr-mise-a-l-abri' | 'fr-delegation' | 'foreign-order' | 'other' | 'none' | 'unknown'

/** Proposed next step. What the two authorities might do [Suite proposée] */
export type LinkActionCode = 'social-workers-speak' | 'supervised-first-contact' | 'consider-joint-placement' | 'verify-before-contact' | 'no-contact-for-now' | 'call-or-video-first' | 'keep-together' | 'refer-to-authority-abroad' | 'other'

/** What the link rests on. Why the two are believed to be related [Fondement du lien] */
export type LinkBasisCode = 'child-said' | 'both-said' | 'authority-record' | 'relative-said' | 'practitioner' | 'red-cross-tracing' | 'dna' | 'other'

/** Handling marking. How far a message may go [Niveau de diffusion] */
export type MarkingCode = 'partners' | 'recipient-only' | 'named-recipient'

/** What a match rests on. What was compared [Élément de rapprochement] */
export type MatchFeatureCode = 'name-exact' | 'name-variant' | 'name-sound' | 'name-parts-reordered' | 'birth-date' | 'age' | 'sex' | 'nationality' | 'language' | 'photograph' | 'travel-dates' | 'companions' | 'relative' | 'contact-details' | 'document' | 'features'

/** Grade of a match. How good a match is, as FHIR’s match-grade [Niveau de correspondance] */
export type MatchGradeCode = 'certain' | 'probable' | 'possible' | 'certainly-not'

/** Who may be told. Whom the recipient may tell, and whom not yet [Qui peut être informé] */
export type MayTellCode = 'nobody-yet' | 'workers-only' | 'friends-too' | 'ask-first'

/** Authority’s classification. How the police or another authority classed the absence [Qualification retenue par l’autorité] */
export type MissingClassificationCode = 'uk-missing' | 'uk-absent' | 'fr-fugue' | 'fr-disparition-inquietante' | 'fr-enlevement' | 'not-classified' | 'unknown'

/** Kind of absence. From where, or how, the child went missing [Nature de la disparition] */
export type MissingKindCode = 'left-northern-france' | 'missing-from-fr-care' | 'missing-from-uk-care' | 'away-without-authorisation' | 'missing-from-family' | 'missing-in-transfer' | 'suspected-abduction' | 'missing-from-transport' | 'other' | 'unknown'

/** Missing risk level. Risk level as police use it [Niveau de risque] */
export type MissingRiskCode = 'no-apparent-risk' | 'low' | 'medium' | 'high' | 'not-assessed'

/** Part of a name. Parts of names in many naming practices, after JSContact (RFC 9553) [Élément du nom] */
export type NamePartCode = 'given' | 'patronymic' | 'grandfather' | 'family' | 'clan' | 'middle' | 'title' | 'other'

/** What a name is. Why this name is given beside others; extends FHIR name-use [Nature du nom] */
export type NameUseCode = 'reported' | 'official' | 'usual' | 'nickname' | 'pseudonym' | 'spelling-variant' | 'transliteration' | 'recorded-by-authority' | 'mistaken' | 'given-by-staff' | 'unknown'

/** Whether needs are met. How far the child’s needs are met [Réponse aux besoins] */
export type NeedsMetCode = 'met' | 'partly' | 'not-yet' | 'not-assessed'

/** Why a child may not be located. Why a child may not be found in the records; to be in the country and known to nobody is the primary concern [Raison possible de la non-localisation] */
export type NotLocatedReasonCode = 'pseudonym-used' | 'name-misspelt' | 'never-entered-uk' | 'not-yet-known-to-home-office' | 'in-uk-unknown-to-services' | 'insufficient-identity-data' | 'date-of-birth-mismatch' | 'unknown'

/** For whom a notice is. Which of its two forms a notice of a missing child has [Destinataire de l’avis] */
export type NoticeForCode = 'authorities' | 'referrer'

/** Outcome told to the referrer. What whoever referred the child is told: never where the child is [Issue communiquée à l’auteur de la saisine] */
export type OutcomeCode = 'in-local-authority-care' | 'with-family' | 'not-located' | 'elsewhere' | 'no-longer-a-child' | 'withdrawn' | 'being-assessed' | 'missing-again' | 'returned-to-france' | 'child-died' | 'in-custody' | 'other'

/** Whether parents were told. Whether parents were told, as French law asks, with its exception (CASF L.226-2-1 and L.226-2-2) [Information des parents] */
export type ParentsInformedCode = 'yes' | 'no' | 'whereabouts-unknown' | 'contrary-to-interest' | 'not-applicable' | 'unknown'

/** Kind of place. What kind of place it is [Type de lieu] */
export type PlaceKindCode = 'informal-camp' | 'state-run-camp' | 'street' | 'woodland' | 'place-of-worship' | 'community-kitchen' | 'youth-or-day-centre' | 'reception-centre' | 'child-care-home' | 'family-home' | 'private-address' | 'hospital' | 'police-station' | 'immigration-premises' | 'port' | 'rail-or-tunnel' | 'lorry-park-or-roadside' | 'vehicle' | 'beach-or-sea' | 'school' | 'workplace' | 'hotel' | 'disused-building' | 'airport' | 'bus-station-or-stop' | 'shop' | 'other' | 'administrative-area' | 'unknown'

/** Precision of a place. How exactly a place is known [Précision du lieu] */
export type PlacePrecisionCode = 'exact' | 'site' | 'locality' | 'area' | 'country' | 'unknown'

/** Need. What the child needs [Besoin] */
export type PlacementNeedCode = 'safe-accommodation' | 'health-care' | 'mental-health-care' | 'education' | 'legal-advice' | 'interpreter' | 'religious-or-cultural' | 'family-contact' | 'independent-guardian' | 'protection-from-traffickers' | 'substance-treatment' | 'food-and-clothing' | 'parent-and-baby' | 'disability-support' | 'communication-support' | 'keep-with-sibling' | 'immigration-status' | 'age-recognition' | 'other'

/** Role of a professional. What a professional does [Fonction] */
export type ProfessionalRoleCode = 'ngo-child-protection-worker' | 'advice-centre-social-worker' | 'police-liaison-officer' | 'immigration-officer' | 'allocated-social-worker' | 'duty-social-worker' | 'emergency-duty-team' | 'team-manager' | 'independent-guardian' | 'crip-officer' | 'ase-social-worker' | 'mna-evaluator' | 'police-officer' | 'health-professional' | 'lawyer' | 'duty-desk' | 'police-missing-persons-officer' | 'police-child-protection-officer' | 'personal-adviser' | 'interpreter' | 'foreign-authority-worker' | 'other'

/** Action. What was done, or is asked for, to protect the child [Mesure] */
export type ProtectiveActionCode = 'home-visit' | 'child-seen-alone' | 'moved-to-safe-place' | 'strategy-discussion' | 'section-47-enquiry' | 'care-proceedings' | 'medical-examination' | 'nrm-referral' | 'ictg-referral' | 'police-report' | 'missing-report' | 'fr-information-preoccupante' | 'fr-signalement' | 'family-contact-arranged' | 'joint-placement' | 'advice-given' | 'return-home-interview' | 'national-transfer' | 'forced-marriage-order' | 'fr-administrateur-ad-hoc' | 'fr-opp' | 'interpreter-arranged' | 'phone-secured' | 'school-place-asked' | 'tell-police-who-look-for-child' | 'refer-abroad' | 'other' | 'none'

/** Purpose of the processing. Why the data are processed, GDPR article 5(1)(b) [Finalité] */
export type PurposeCode = 'locate-child' | 'protect-child' | 'assess-needs' | 'provide-health-care' | 'reunite-family' | 'prevent-trafficking' | 'administer-case'

/** Reason for leaving home. Why children left home. By design in no message: it belongs to an asylum account [Motif du départ] */
export type ReasonForLeavingCode = 'fear-of-armed-group' | 'war' | 'conscription' | 'threats' | 'orphaned' | 'illegal-imprisonment' | 'following-family' | 'forced-marriage'

/** Kind of health record. What kind of health record there is [Type de dossier] */
export type RecordKindCode = 'camp-clinic' | 'hospital' | 'mental-health' | 'prescription' | 'vaccination' | 'other' | 'unknown'

/** System of a reference. In whose system a reference number is [Origine de la référence] */
export type ReferenceSystemCode = 'case-file' | 'home-office' | 'port-reference' | 'application-registration-card' | 'nrm' | 'ictg' | 'nhs-number' | 'local-authority-case' | 'police-missing' | 'police-crime' | 'fr-fpr' | 'fr-etranger' | 'fr-ase' | 'fr-crip' | 'icrc' | 'police-case' | 'fr-procureur' | 'national-transfer' | 'foreign-authority' | 'other'

/** Ground for not answering. Why a question is not answered, after article 37 of the 1996 Hague Convention [Motif du refus de répondre] */
export type RefusalGroundCode = 'would-endanger' | 'not-necessary' | 'no-legal-basis' | 'professional-secrecy' | 'child-objects' | 'court-restriction' | 'not-held' | 'other'

/** Reason code of a refused acknowledgement. The codes of a refused acknowledgement; there is no free text, since it would stay in the log for ever [Motif de refus d’un accusé] */
export type RefusalReasonCode = 'wrong-agency' | 'wrong-area' | 'wrong-child' | 'not-competent' | 'duplicate' | 'unreadable-attachment' | 'insufficient-information' | 'subject-is-adult' | 'sent-in-error'

/** Relationship to the child. Who somebody is to the child, as claimed or as assessed [Lien avec l’enfant] */
export type RelationshipCode = 'mother' | 'father' | 'brother' | 'sister' | 'half-sibling' | 'uncle' | 'aunt' | 'cousin' | 'grandparent' | 'spouse' | 'guardian' | 'parent' | 'son' | 'daughter' | 'twin' | 'step-parent' | 'step-sibling' | 'nephew-or-niece' | 'in-law' | 'foster-carer' | 'special-guardian' | 'other-relative' | 'family-friend' | 'travel-companion' | 'agent' | 'exploiter' | 'none' | 'unknown'

/** Verification of a relationship. How far a relationship has been verified [Vérification du lien] */
export type RelationshipVerificationCode = 'unverified' | 'contradicted' | 'supported' | 'verified-by-document' | 'verified-by-assessment' | 'verified-by-dna' | 'false'

/** Whereabouts of a relative. Where a relative is, without an address [Localisation d’un membre de la famille] */
export type RelativeWhereaboutsCode = 'in-uk-known' | 'in-uk-unknown' | 'in-france' | 'elsewhere-in-europe' | 'country-of-origin' | 'elsewhere' | 'missing' | 'deceased' | 'with-child' | 'elsewhere-in-europe-known' | 'in-detention' | 'unknown'

/** Response to a report. What the authority did with a report [Suite donnée par l’autorité] */
export type ReportResponseCode = 'registered' | 'refused' | 'no-answer' | 'referred-on' | 'enquiry-made' | 'not-reported' | 'unknown' | 'other'

/** Topic of a question. What a question is about [Objet de la question] */
export type RequestTopicCode = 'identity' | 'age' | 'companions-in-france' | 'relatives' | 'locate-relative' | 'health' | 'health-records' | 'concerns' | 'travel' | 'current-situation' | 'attachments' | 'duplicate-check' | 'case-guidance' | 'reunion-application' | 'care-in-france' | 'seen-lately' | 'death' | 'legal-status' | 'other'

/** Handling restriction. What must not be done with a message [Restriction d’usage] */
export type RestrictionCode = 'safeguarding-only' | 'no-immigration-enforcement' | 'consult-before-sharing' | 'do-not-contact-child' | 'do-not-tell-accompanying-adult' | 'do-not-share-location' | 'do-not-share-with-family' | 'health-staff-only' | 'fr-professional-secrecy' | 'no-court-use-without-consent'

/** Retention rule. How long a recipient keeps what it was sent [Règle de conservation] */
export type RetentionRuleCode = 'until-date' | 'case-closure-plus' | 'until-18-plus' | 'recipient-statutory' | 'destroy-when-answered'

/** Legal route to the UK or to a relative. By which procedure a child asked to join family [Voie légale vers le Royaume-Uni ou vers un proche] */
export type ReunionRouteCode = 'dublin-iii' | 'dubs-amendment' | 'expedited-2016' | 'refugee-family-reunion' | 'visa-outside-the-rules' | 'other' | 'unknown'

/** Safeguarding status. Where the child’s protection stands [Situation de protection] */
export type SafeguardingStatusCode = 'in-local-authority-care' | 'with-family' | 'with-family-under-assessment' | 'police-protection' | 'care-proceedings-begun' | 'assessment-begun' | 'not-found-at-address' | 'missing-again' | 'not-our-area' | 'assessed-adult' | 'no-further-action' | 'child-in-need' | 'national-transfer-pending' | 'transferred' | 'special-guardian' | 'returned-to-france' | 'left-care' | 'child-died' | 'in-custody' | 'other' | 'unknown'

/** Separation status. Whether the child is alone, after the Inter-agency Guiding Principles [Situation d’isolement] */
export type SeparationStatusCode = 'unaccompanied' | 'separated' | 'accompanied-relationship-unverified' | 'with-sibling-only' | 'with-parent' | 'with-spouse-or-own-child' | 'unknown'

/** Severity. How grave the harm is, suffered or likely [Gravité] */
export type SeverityCode = 'low' | 'medium' | 'high' | 'critical' | 'unknown'

/** Sex. As FHIR’s administrative-gender and ISO/IEC 5218 have it [Sexe] */
export type SexCode = 'male' | 'female' | 'other' | 'unknown'

/** Special category condition. The sender’s condition for special category data, GDPR and UK GDPR article 9 [Condition art. 9] */
export type SpecialConditionCode = 'vital-interests' | 'substantial-public-interest-safeguarding' | 'substantial-public-interest-fr' | 'health-or-social-care' | 'explicit-consent' | 'none-needed'

/** Result of a status check. What the status check found [Résultat de la vérification] */
export type StatusResultCode = 'located' | 'possible-match' | 'not-located' | 'child-died'

/** Statutory basis asked for. The duty in law on which the request rests [Fondement légal demandé] */
export type StatutoryBasisCode = 'gb-ca1989-s17' | 'gb-ca1989-s47' | 'gb-ca1989-s20' | 'gb-sswbwa2014' | 'gb-cs1995' | 'gb-cni1995' | 'fr-casf-l226' | 'fr-casf-r221-11' | 'gb-ca1989-s46' | 'gb-sswbwa2014-s76' | 'gb-national-transfer' | 'gb-bcia2009-s55' | 'hague-1996-art-34' | 'hague-1996-art-36' | 'fr-cpp-74-1' | 'fr-code-civil-375' | 'other'

/** Substance. What was taken [Substance] */
export type SubstanceCode = 'heroin' | 'other-opioid' | 'alcohol' | 'cannabis' | 'sedative' | 'stimulant' | 'unknown' | 'other'

/** Pattern of use. Whether the child was forced [Mode de consommation] */
export type SubstancePatternCode = 'forced' | 'own-use' | 'unknown'

/** Transfer mechanism. What allows data to cross the border, GDPR chapter V [Mécanisme de transfert] */
export type TransferMechanismCode = 'eu-uk-adequacy' | 'uk-eea-adequacy' | 'vital-interests-derogation' | 'public-interest-derogation' | 'international-agreement' | 'none-domestic'

/** State of a transfer between authorities. How far the transfer of a child’s care to another authority has come [État d’un transfert entre autorités] */
export type TransferStatusCode = 'requested' | 'accepted' | 'moved' | 'refused' | 'withdrawn' | 'unknown'

/** How a translation was made. Who or what translated [Mode de traduction] */
export type TranslationMethodCode = 'human' | 'machine' | 'machine-checked' | 'unknown'

/** Transport. How a child travelled or is believed to have travelled [Mode de transport] */
export type TransportModeCode = 'on-foot' | 'car' | 'bus' | 'train' | 'boat' | 'lorry' | 'refrigerated-lorry' | 'ferry' | 'small-boat' | 'air' | 'van' | 'hidden-under-vehicle' | 'other' | 'unknown'

/** Whether the child accepts treatment. Whether the child accepts treatment [Acceptation des soins] */
export type TreatmentAcceptanceCode = 'accepts' | 'declines' | 'declined-then-accepted' | 'unknown'

/** Whether the child’s views were obtained. Whether the child was heard, after article 12 of the Convention on the Rights of the Child [Recueil de l’avis de l’enfant] */
export type ViewsObtainedCode = 'yes' | 'no' | 'not-possible' | 'unknown'

/** Why not. Why the child was not heard [Motif] */
export type ViewsReasonCode = 'child-not-present' | 'would-increase-risk' | 'no-interpreter' | 'too-distressed' | 'too-young' | 'not-yet' | 'child-declined' | 'communication-need' | 'child-died' | 'unknown' | 'other'

/** Yes, no or not known. An answer by a professional [Oui, non ou inconnu] */
export type YesNoUnknownCode = 'yes' | 'no' | 'unknown'

/** Yes, no, unsure or not asked. An answer by the child [Oui, non, indécis ou non demandé] */
export type YesNoUnsureCode = 'yes' | 'no' | 'unsure' | 'not-asked' | 'unknown'

/** Type. What kind of message this is [Type] */
export type MessageType = 'referral' | 'status-check-request' | 'status-check-result' | 'child-found' | 'assessment-referral' | 'safeguarding-information' | 'safeguarding-confirmation' | 'missing-notification' | 'family-link' | 'information-request' | 'information-response' | 'outcome' | 'case-closure'

/** Priority. How soon it must be dealt with [Priorité] */
export type Priority = 'immediate' | 'urgent' | 'routine'

/** Identifier. A UUID in lower case (RFC 9562) [Identifiant] */
export type Uuid = string

/** Date. A whole date, YYYY-MM-DD, that exists in the calendar [Date] */
export type CalendarDate = string

/** Date, as exactly as known. YYYY, YYYY-MM or YYYY-MM-DD: give no more than is known [Date, avec la précision connue] */
export type PartialDate = string

/** Time. A time in UTC (RFC 3339, with Z) [Date et heure] */
export type DateTime = string

/** Time, or the day alone. A time in UTC, or only the day where the hour is not known: midnight is never filled in [Date et heure, ou le jour seul] */
export type Moment = string

/** When, as exactly as known. A year, a month, a day, or a time in UTC: give what is known, and never fill in midnight or the first of a month [Moment, avec la précision connue] */
export type WhenKnown = string

/** True, false or not known. “Not known” is an answer: true and false stay what they were in release 1.0 [Vrai, faux ou inconnu] */
export type BooleanOrUnknown = true | false | 'unknown'

/** Agency. Id of an agency on the gateway [Organisme] */
export type AgencyId = string

/** Digest. SHA-256 of the bytes, in unpadded base64url [Empreinte] */
export type Digest = string

/** Language tag. BCP 47 (RFC 5646), for instance en, fr, ps, prs, fa-AF, ti, am, ckb, kmr, apd, vi; Fur of Darfur is fvr, not fur [Étiquette de langue] */
export type Language = string

/** Script. ISO 15924 code of the writing, for instance Latn, Arab, Ethi [Écriture] */
export type Script = string

/** Telephone number. International form (E.164), for instance +441632960001 [Numéro de téléphone] */
export type Phone = string

/** E-mail address. A work address [Adresse électronique] */
export type Email = string

/** Free text. Text with its language, so that nobody reads a French account as an English one [Texte libre] */
export type Narrative = {
  /** Text. The words themselves; quote the child’s own words where possible [Texte] */
  readonly text: string
  /** Language. BCP 47 tag of the text [Langue] */
  readonly language: Language
  /** Translations. Translations sent along [Traductions] */
  readonly translations?: readonly Translation[]
}

/** Translation. A translation and how it was made, so that a machine’s error is not taken for the child’s account [Traduction] */
export type Translation = {
  /** Text. Translated text [Texte] */
  readonly text: string
  /** Language. BCP 47 tag [Langue] */
  readonly language: Language
  /** Method. Person or machine [Mode] */
  readonly method: TranslationMethodCode
}

/** Name of a person. One name, exactly as written or said, in one script; several are given where several are in use [Nom d’une personne] */
export type PersonName = {
  /** Full name. The whole name, parts in the order they are said [Nom complet] */
  readonly full: string
  /** Script. ISO 15924 code of the writing: Latn, Arab, Ethi [Écriture] */
  readonly script: Script
  /** Use. What this name is [Nature] */
  readonly use: NameUseCode
  /** Parts. Ordered parts; do not invent a family name where there is none [Éléments] */
  readonly parts?: readonly NamePart[]
  /** Language. Language the name belongs to [Langue] */
  readonly language?: Language
  /** Source. Where the name came from [Origine] */
  readonly source?: InformationSourceCode
  /** Recorded by. Agency whose record it is [Enregistré par] */
  readonly recordedBy?: AgencyId
}

/** Part of a name. One part of a name [Élément d’un nom] */
export type NamePart = {
  /** Kind. What the part is [Nature] */
  readonly kind: NamePartCode
  /** Value. The part [Valeur] */
  readonly value: string
}

/** Date of birth. A date that may be partial, estimated, or filled in by default [Date de naissance] */
export type BirthDate = {
  /** Date. YYYY, YYYY-MM or YYYY-MM-DD: give no more than is known [Date] */
  readonly value: PartialDate
  /** Estimated. True where it was worked out from an age; unknown where nobody can say [Estimée] */
  readonly estimated: BooleanOrUnknown
  /** Parts filled in by default. Day and month put in for want of better, e.g. 1 January [Parties par défaut] */
  readonly defaultedParts?: readonly DatePartCode[]
  /** Basis. What the date rests on [Fondement] */
  readonly basis: IdentityBasisCode
  /** Original calendar. Calendar in which it was first given [Calendrier d’origine] */
  readonly calendar?: CalendarCode
  /** As first given. The date as the child said it [Tel que donné] */
  readonly originalText?: string
}

/** Age. Age in whole years; the desk routing and the statistics read `years` [Âge] */
export type Age = {
  /** Age in years. Whole years on `asOf`; over 17 only for disputed ages and those who have turned 18 [Âge en années] */
  readonly years: number
  /** As of. Day, month or year to which the age applies [À la date du] */
  readonly asOf: WhenKnown
  /** Basis. What the stated age rests on [Fondement] */
  readonly basis: IdentityBasisCode
  /** Status. Whether it is accepted, disputed or assessed; treat as a child unless `assessed-adult` [Statut] */
  readonly status: AgeStatusCode
}

/** Age assessment. One assessment; several may conflict [Évaluation de l’âge] */
export type AgeAssessment = {
  /** Assessor. Who decided [Évaluateur] */
  readonly assessor: AgeAssessorCode
  /** Kind. A brief view never makes a child an adult [Type] */
  readonly kind: AgeAssessmentKindCode
  /** Decided on. Date of decision [Décidée le] */
  readonly decidedOn: WhenKnown
  /** Decision. What was decided [Décision] */
  readonly decision: AgeDecisionCode
  /** Date of birth decided. Decided date of birth [Date de naissance retenue] */
  readonly birthDate?: BirthDate
  /** Challenged. True while a challenge or appeal is open; unknown where nobody can say [Contestée] */
  readonly challenged: BooleanOrUnknown
}

/** Nationality. One claimed or believed nationality; two entries where it is unclear [Nationalité] */
export type Nationality = {
  /** Country. ISO 3166-1 alpha-3, or ICAO XXA stateless, XXB/XXC refugee, XXX unspecified [Pays] */
  readonly country: CountryCode
  /** Basis. Who says so [Fondement] */
  readonly basis: IdentityBasisCode
  /** Certainty. How sure [Certitude] */
  readonly certainty: CertaintyCode
}

/** Language spoken. A language and how well the child speaks it [Langue parlée] */
export type LanguageSpoken = {
  /** Language. BCP 47 tag, e.g. ps, prs, ti, am, om, ar, apd, ckb, vi [Langue] */
  readonly tag: Language
  /** Ability. How well the child speaks it [Maîtrise] */
  readonly ability: LanguageAbilityCode
  /** Interpreter needed. For interviews and medical care [Interprète nécessaire] */
  readonly interpreterNeeded?: BooleanOrUnknown
}

/** Identity document. A document the child has or had (most had none) [Pièce d’identité] */
export type IdentityDocument = {
  /** Kind. Kind of document [Type] */
  readonly kind: DocumentKindCode
  /** Issued by. Country or authority of issue [Pays émetteur] */
  readonly country?: CountryCode
  /** Number. Number, only where needed for matching [Numéro] */
  readonly number?: string
  /** Name on the document. Exactly as printed [Nom porté] */
  readonly nameOnDocument?: PersonName
  /** How seen. Original, copy or described [Vu comment] */
  readonly seen: DocumentSeenCode
  /** Authenticity. Whether it was checked, and what was found [Authenticité] */
  readonly authenticity: AuthenticityCode
}

/** Distinguishing feature. A feature that helps recognise the child [Signe particulier] */
export type DistinguishingFeature = {
  /** Kind. Kind of feature [Type] */
  readonly kind: FeatureKindCode
  /** Place on the body. Where on the body [Localisation] */
  readonly bodyPart?: string
  /** Description. What it looks like [Description] */
  readonly description: string
}

/** Contact detail. A telephone or account through which the child may be reached, and whether that is safe [Coordonnée] */
export type ContactPoint = {
  /** Kind. Kind of contact detail [Type] */
  readonly kind: ContactKindCode
  /** Value. Number (E.164) or account [Valeur] */
  readonly value: string
  /** Used by. Whose it is, e.g. an older brother [Utilisé par] */
  readonly usedBy?: string
  /** Safe to use. `no` where an adult may control it [Utilisation sûre] */
  readonly safeToUse: YesNoUnknownCode
}

/** Reference. A reference number in somebody’s system [Référence] */
export type AgencyReference = {
  /** System. Which system [Système] */
  readonly system: ReferenceSystemCode
  /** Value. The reference [Valeur] */
  readonly value: string
  /** Agency. Whose it is [Organisme] */
  readonly agency?: AgencyId
}

/** Missing detail. Says that a detail is absent and why: unknown is not the same as unasked [Élément absent] */
export type Absence = {
  /** Field. Name of the absent field, e.g. age, birthDate, languages [Champ] */
  readonly field: string
  /** Reason. Why it is absent [Motif] */
  readonly reason: AbsenceReasonCode
}

/** Child’s identity. What is known of who the child is, as reported, with its uncertainty [Identité de l’enfant] */
export type ChildIdentity = {
  /** Names. Every name, spelling and script in use; first = the one to address the child by; empty where the child has no name yet, and `absences` says so [Noms] */
  readonly names: readonly PersonName[]
  /** Age. Required, or `absences` says why not [Âge] */
  readonly age?: Age
  /** Date of birth. Where any is given [Date de naissance] */
  readonly birthDate?: BirthDate
  /** Age assessments. All, in date order [Évaluations de l’âge] */
  readonly ageAssessments?: readonly AgeAssessment[]
  /** Sex. As reported [Sexe] */
  readonly sex: SexCode
  /** Nationalities. Empty = not known; two = unclear, e.g. Syrian/Egyptian [Nationalités] */
  readonly nationalities: readonly Nationality[]
  /** Country of birth. Where it differs [Pays de naissance] */
  readonly countryOfBirth?: CountryCode
  /** Languages. Languages spoken [Langues] */
  readonly languages?: readonly LanguageSpoken[]
  /** Separation. Unaccompanied, separated, with an unverified adult, or with a parent [Isolement] */
  readonly separation: SeparationStatusCode
  /** References. Numbers in others’ systems [Références] */
  readonly references?: readonly AgencyReference[]
  /** Documents. Documents held [Documents] */
  readonly documents?: readonly IdentityDocument[]
  /** Distinguishing features. To recognise the child [Signes particuliers] */
  readonly features?: readonly DistinguishingFeature[]
  /** Appearance. Height, build, hair, clothes [Apparence] */
  readonly appearance?: string
  /** Communication needs. Hearing, sight, speech, sign language, reading: how to be understood [Besoins de communication] */
  readonly communicationNeeds?: string
  /** Contact details. How the child may be reached [Coordonnées] */
  readonly contactPoints?: readonly ContactPoint[]
  /** Missing details. What is absent and why [Éléments absents] */
  readonly absences?: readonly Absence[]
}

/** Short identification. Enough to be sure it is the same child, in a message about a case already open (data minimisation) [Identification courte] */
export type ChildReference = {
  /** Name. Name in use [Nom] */
  readonly name?: string
  /** Description. Who is meant, where there is no name yet, e.g. newborn daughter of … [Description] */
  readonly description?: string
  /** Age in years. Current age [Âge en années] */
  readonly ageYears?: number
  /** References. Reference numbers [Références] */
  readonly references?: readonly AgencyReference[]
}

/** Professional contact. A person or desk to call about this [Contact professionnel] */
export type ProfessionalContact = {
  /** Name. Absent only for a desk [Nom] */
  readonly name?: string
  /** Role. What they do [Fonction] */
  readonly role: ProfessionalRoleCode
  /** Organisation. The organisation they work for [Organisme] */
  readonly organisation: string
  /** Team. Team or desk [Équipe] */
  readonly team?: string
  /** Agency. Agency id, where it is on the gateway [Identifiant d’organisme] */
  readonly agency?: AgencyId
  /** Telephone. E.164; telephone or e-mail is required [Téléphone] */
  readonly phone?: Phone
  /** Telephone out of hours. Emergency line [Téléphone hors horaires] */
  readonly phoneOutOfHours?: Phone
  /** E-mail. Work address [Courriel] */
  readonly email?: Email
  /** Languages. Languages in which to call [Langues] */
  readonly languages?: readonly Language[]
}

/** Area code. A coded area [Code de zone] */
export type AreaCode = {
  /** Scheme. GSS, INSEE, HSC Trust [Nomenclature] */
  readonly scheme: AreaSchemeCode
  /** Code. E10000016, 62, 62193, 69M [Code] */
  readonly code: string
}

/** Address. A postal address; never in a message to a referrer [Adresse] */
export type Address = {
  /** Lines. Address lines [Lignes] */
  readonly lines: readonly string[]
  /** Postcode. Postcode [Code postal] */
  readonly postcode?: string
}

/** Place. A place, as exactly as it is known [Lieu] */
export type Place = {
  /** Kind. Kind of place [Type] */
  readonly kind: PlaceKindCode
  /** Name. E.g. the Calais “Jungle”, Grande-Synthe camp [Nom] */
  readonly name?: string
  /** Country. ISO alpha-3 [Pays] */
  readonly country: CountryCode
  /** Area. Département or authority area [Zone] */
  readonly area?: AreaCode
  /** Town. Town [Commune ou ville] */
  readonly locality?: string
  /** Address. Address [Adresse] */
  readonly address?: Address
  /** Precision. How exact the place is [Précision] */
  readonly precision: PlacePrecisionCode
}

/** Period. From, to, or both; either may be partial [Période] */
export type DateRange = {
  /** From. The first moment, day, month or year [Du] */
  readonly from?: WhenKnown
  /** To. The last moment, day, month or year [Au] */
  readonly to?: WhenKnown
}

/** Sighting. Where and when the child was seen, by whom, how surely [Présence signalée] */
export type Sighting = {
  /** Place. Where the child was seen [Lieu] */
  readonly place: Place
  /** When. When [Quand] */
  readonly when: DateRange
  /** Source. Who saw or said [Origine] */
  readonly source: InformationSourceCode
  /** Certainty. How sure [Certitude] */
  readonly certainty: CertaintyCode
  /** Note. Circumstances [Note] */
  readonly note?: Narrative
}

/** Leg of a journey. One leg [Étape du voyage] */
export type JourneyLeg = {
  /** Transport. How the child travelled [Transport] */
  readonly mode: TransportModeCode
  /** From. Where the leg began [De] */
  readonly from?: Place
  /** To. Where the leg ended [À] */
  readonly to?: Place
  /** When. When the child travelled [Quand] */
  readonly when?: DateRange
  /** Hidden. Hidden in a vehicle [Dissimulé] */
  readonly concealed?: BooleanOrUnknown
  /** Moved by an agent. Agent, smuggler or trafficker [Organisé par un passeur] */
  readonly facilitatedByAgent?: YesNoUnknownCode
  /** Companions. E.g. six or seven adult men [Accompagnants] */
  readonly companions?: string
}

/** Accompanying person. Anyone with the child who is not verified family: what is claimed, what is assessed [Personne accompagnante] */
export type AccompanyingPerson = {
  /** Key. Label within this message, e.g. p1 [Clé] */
  readonly key: string
  /** Names. Names in use, may be empty [Noms] */
  readonly names: readonly PersonName[]
  /** Sex. Sex [Sexe] */
  readonly sex: SexCode
  /** Adult. Whether an adult [Majeur(e)] */
  readonly adult: YesNoUnknownCode
  /** Apparent age. E.g. about 30 [Âge apparent] */
  readonly apparentAge?: string
  /** Relationship claimed. What was said [Lien déclaré] */
  readonly relationshipClaimed: RelationshipCode
  /** Claimed by. Who said it, the child included [Déclaré par] */
  readonly claimedBy: readonly InformationSourceCode[]
  /** Relationship assessed. What professionals believe [Lien évalué] */
  readonly relationshipAssessed?: RelationshipCode
  /** Verification. State of verification [Vérification] */
  readonly verification: RelationshipVerificationCode
  /** Basis of assessment. E.g. not seen with a brother in the camp [Fondement de l’évaluation] */
  readonly assessmentBasis?: Narrative
  /** Risk. Risk to the child [Risque] */
  readonly risk: AdultRiskCode
  /** Lives with the child. Same household [Vit avec l’enfant] */
  readonly livesWithChild: YesNoUnknownCode
  /** Whereabouts. Last known [Localisation] */
  readonly whereabouts?: Place
  /** References. Reference numbers [Références] */
  readonly references?: readonly AgencyReference[]
}

/** Relative. A brother, sister or other relative, here or elsewhere [Membre de la famille] */
export type Relative = {
  /** Key. Label within this message, e.g. r1 [Clé] */
  readonly key: string
  /** Names. Names in use; empty where nobody knows one [Noms] */
  readonly names: readonly PersonName[]
  /** Relationship. To this child [Lien] */
  readonly relationship: RelationshipCode
  /** Sex. Sex [Sexe] */
  readonly sex: SexCode
  /** Age in years. Approximate age; a relative may be an adult [Âge en années] */
  readonly ageYears?: number
  /** Adult. Whether an adult, where the age is not known [Majeur(e)] */
  readonly adult?: YesNoUnknownCode
  /** Verification. State of verification [Vérification] */
  readonly verification: RelationshipVerificationCode
  /** Whereabouts. Where, in general [Localisation] */
  readonly whereabouts: RelativeWhereaboutsCode
  /** Place. Where, in particular [Lieu] */
  readonly place?: Place
  /** Their case. caseId of the relative’s own case [Son dossier] */
  readonly relatedCaseId?: Uuid
  /** Authority abroad. Who looks after this relative in a country that has no agency on the gateway [Autorité étrangère] */
  readonly foreignAuthority?: ForeignAuthority
  /** Child wants contact. The child’s wish [Contact souhaité par l’enfant] */
  readonly childWantsContact: YesNoUnsureCode
  /** Contact is safe. Whether professionals think contact safe [Contact sûr] */
  readonly contactSafe: YesNoUnknownCode
  /** Note. Anything else [Note] */
  readonly note?: Narrative
}

/** Concern. One child protection concern [Élément de danger ou d’inquiétude] */
export type Concern = {
  /** Concern. Which concern [Élément de danger ou d’inquiétude] */
  readonly code: ConcernCode
  /** Standing. Suspected to confirmed [Statut] */
  readonly status: ConcernStatusCode
  /** Severity. How grave [Gravité] */
  readonly severity: SeverityCode
  /** Immediacy. How soon; `immediate` should go with the envelope priority `immediate` [Urgence] */
  readonly immediacy: ImmediacyCode
  /** When. When seen or said [Quand] */
  readonly observed?: DateRange
  /** Source. Fact seen, or words heard [Origine] */
  readonly source: InformationSourceCode
  /** Persons concerned. Keys of persons in this message [Personnes concernées] */
  readonly persons?: readonly string[]
  /** Details. The facts; required for `other` [Détails] */
  readonly details?: Narrative
  /** Actions taken. What has been done [Mesures prises] */
  readonly actionsTaken?: readonly ProtectiveActionCode[]
}

/** Safety alert. What a professional must know before acting [Alerte de sécurité] */
export type Alert = {
  /** Kind. What kind of alert [Type] */
  readonly kind: AlertKindCode
  /** Details. Details [Détails] */
  readonly details?: Narrative
  /** Valid until. Alerts go stale [Valable jusqu’au] */
  readonly validUntil?: CalendarDate
}

/** Health condition. One condition, diagnosed or only said [Problème de santé] */
export type HealthCondition = {
  /** Kind. Broad kind [Type] */
  readonly kind: HealthKindCode
  /** Description. In plain words; keep the child’s own term, e.g. jinn, in `childsWords` [Description] */
  readonly description: string
  /** The child’s words. How the child speaks of it [Les mots de l’enfant] */
  readonly childsWords?: Narrative
  /** Code. Only where a clinician coded it [Code] */
  readonly coding?: Coding
  /** State. State of the condition [État] */
  readonly status: ConditionStatusCode
  /** Severity. How grave [Gravité] */
  readonly severity?: SeverityCode
  /** Basis. Said, seen or diagnosed [Fondement] */
  readonly basis: HealthBasisCode
  /** Treatment. Treatment given [Traitement] */
  readonly treatment?: string
}

/** Clinical code. A code from a clinical system [Code clinique] */
export type Coding = {
  /** System. URI, e.g. http://hl7.org/fhir/sid/icd-10 [Système] */
  readonly system: string
  /** Code. The code itself [Code] */
  readonly code: string
  /** Label. What the code means, in words [Libellé] */
  readonly display?: string
}

/** Injury. One injury [Blessure] */
export type Injury = {
  /** Description. What the injury is [Description] */
  readonly description: string
  /** Place on the body. Where on the body [Localisation] */
  readonly bodyPart?: string
  /** Cause. The cause, as reported [Cause] */
  readonly cause: InjuryCauseCode
  /** When. When [Quand] */
  readonly occurred?: DateRange
  /** Treated. Whether treated [Soignée] */
  readonly treated: YesNoUnknownCode
  /** Photographs. Digests of attachments named in the envelope [Photographies] */
  readonly photographs?: readonly Digest[]
}

/** Medication. A medicine the child takes [Médicament] */
export type Medication = {
  /** Name. Name of the medicine [Nom] */
  readonly name: string
  /** Dose. Dose [Posologie] */
  readonly dose?: string
  /** Life-critical. True where missing it endangers life; unknown where nobody can say [Vital] */
  readonly critical: BooleanOrUnknown
  /** Supply lasts until. When it runs out [Réserve jusqu’au] */
  readonly supplyUntil?: CalendarDate
}

/** Mental health. State of mind [Santé mentale] */
export type MentalHealth = {
  /** Self-harm. Any, now or lately [Automutilation] */
  readonly selfHarm: YesNoUnknownCode
  /** Suicidal thoughts. Any, now or lately [Idées suicidaires] */
  readonly suicidalThoughts: YesNoUnknownCode
  /** In treatment. Under care [En traitement] */
  readonly inTreatment: YesNoUnknownCode
  /** Note. Details [Note] */
  readonly note?: Narrative
}

/** Substance use. Drug or alcohol use [Consommation] */
export type SubstanceUse = {
  /** Substance. Which substance [Substance] */
  readonly substance: SubstanceCode
  /** Pattern. Forced or own use [Mode] */
  readonly pattern: SubstancePatternCode
  /** Withdrawal risk. Medical risk on stopping [Risque de sevrage] */
  readonly withdrawalRisk: YesNoUnknownCode
  /** Note. Details [Note] */
  readonly note?: string
}

/** Access to a record. Who holds a record and how to get it [Accès à un dossier] */
export type RecordAccess = {
  /** Kind. Kind of record [Type] */
  readonly kind: RecordKindCode
  /** Holder. Hospital, clinic or charity [Détenteur] */
  readonly holder: string
  /** Place. Where the record is held [Lieu] */
  readonly place?: Place
  /** Period. Dates of care [Période] */
  readonly period?: DateRange
  /** How to obtain it. Steps, form, address [Comment l’obtenir] */
  readonly howToObtain: Narrative
  /** Contact. Whom to ask [Contact] */
  readonly contact?: ProfessionalContact
  /** Authorisation needed. Whose signature, e.g. the child’s or the holder of parental responsibility’s [Autorisation requise] */
  readonly authorisation?: string
}

/** Health. Health information; special category data [Santé] */
export type Health = {
  /** Urgent care needed. True: see a clinician today; unknown where nobody can say [Soins urgents nécessaires] */
  readonly urgentCareNeeded: BooleanOrUnknown
  /** Conditions. Conditions [Problèmes de santé] */
  readonly conditions?: readonly HealthCondition[]
  /** Injuries. Injuries [Blessures] */
  readonly injuries?: readonly Injury[]
  /** Medications. Medicines [Médicaments] */
  readonly medications?: readonly Medication[]
  /** Allergies. Allergies [Allergies] */
  readonly allergies?: readonly string[]
  /** Mental health. State of mind [Santé mentale] */
  readonly mentalHealth?: MentalHealth
  /** Substances. Drugs and alcohol [Substances] */
  readonly substances?: readonly SubstanceUse[]
  /** Acceptance of treatment. Accepts or declines [Acceptation des soins] */
  readonly treatmentAcceptance?: TreatmentAcceptanceCode
  /** Beliefs about health. E.g. belief in a jinn [Croyances liées à la santé] */
  readonly beliefs?: Narrative
  /** Records. Where records are and how to get them [Dossiers] */
  readonly records?: readonly RecordAccess[]
}

/** Culture and belief. Religion and culture where they matter to care; special category data [Culture et croyances] */
export type CultureAndBelief = {
  /** Religion. As the child says [Religion] */
  readonly religion?: string
  /** Ethnicity. As the child says [Appartenance ethnique] */
  readonly ethnicity?: string
  /** Needs. Diet, worship, dress [Besoins] */
  readonly needs?: Narrative
}

/** Accommodation. Where the child lives or lived [Hébergement] */
export type Accommodation = {
  /** Kind. Kind of accommodation [Type] */
  readonly kind: AccommodationKindCode
  /** Place. Place; the address only to those who need it [Lieu] */
  readonly place?: Place
  /** Period. When the child lived there [Période] */
  readonly period?: DateRange
  /** Safe. Whether professionals think it safe [Sûr] */
  readonly safe: YesNoUnknownCode
  /** Legal status. Basis of care [Statut juridique] */
  readonly legalStatus?: LegalStatusCode
  /** National placement code. E.g. DfE SSDA903 code of the year, U1 [Code national de placement] */
  readonly nationalPlacementCode?: string
  /** Note. E.g. waterlogged, infested [Note] */
  readonly note?: Narrative
}

/** Report made. A report to an authority and what came of it [Information transmise à une autorité] */
export type Report = {
  /** To. Which authority [Destinataire] */
  readonly to: AuthorityKindCode
  /** Name. Which office [Nom] */
  readonly agencyName?: string
  /** Date. When [Date] */
  readonly on?: WhenKnown
  /** Reference. Their reference [Référence] */
  readonly reference?: string
  /** Response. What came of it [Suite donnée] */
  readonly response: ReportResponseCode
  /** Classification. How the absence was classed [Qualification] */
  readonly classification?: MissingClassificationCode
}

/** Child’s views. What the child wants and says [Avis de l’enfant] */
export type ChildViews = {
  /** Obtained. Whether the child’s views were obtained [Recueilli] */
  readonly obtained: ViewsObtainedCode
  /** Date. When [Date] */
  readonly on?: WhenKnown
  /** Interpreter used. Whether an interpreter was there [Interprète présent] */
  readonly interpreterUsed?: YesNoUnknownCode
  /** Wishes. In the child’s words; required where obtained [Souhaits] */
  readonly wishes?: Narrative
  /** Objects to sharing. Objection to sharing [S’oppose au partage] */
  readonly objectsToSharing?: YesNoUnsureCode
  /** Why not. Required where not obtained [Motif] */
  readonly whyNot?: ViewsReasonCode
}

/** Data protection. Why this may be sent, and for how long it is kept; profiles fill most of it in [Protection des données] */
export type DataProtection = {
  /** Purposes. Why the data are processed [Finalités] */
  readonly purposes: readonly PurposeCode[]
  /** Lawful bases. Sender’s art. 6 basis [Bases légales] */
  readonly lawfulBases: readonly LawfulBasisCode[]
  /** Special category conditions. Sender’s art. 9 condition, or none-needed [Conditions art. 9] */
  readonly specialConditions: readonly SpecialConditionCode[]
  /** Transfer mechanism. none-domestic where from and to are in one country [Mécanisme de transfert] */
  readonly transferMechanism: TransferMechanismCode
  /** Child informed. Whether the child knows of this message [Information de l’enfant] */
  readonly childInformed: ChildInformedCode
  /** Parents informed. French duty, with its exception [Parents informés] */
  readonly parentsInformed?: ParentsInformedCode
  /** Consent. Where consent was sought; seldom the basis [Consentement] */
  readonly consent?: Consent
  /** Reason for sharing without consent. Required practice where consent was refused [Motif du partage sans consentement] */
  readonly reasonWithoutConsent?: string
  /** Retention. How long the recipient keeps this message [Conservation] */
  readonly retention: Retention
}

/** Consent. Consent and who gave it [Consentement] */
export type Consent = {
  /** Given. Whether it was given [Donné] */
  readonly given: ConsentGivenCode
  /** By. Who gave it [Par] */
  readonly by?: ConsentByCode
  /** On. When [Le] */
  readonly on?: WhenKnown
  /** Why refused. The child’s or the parent’s reason, in their words [Motif du refus] */
  readonly whyRefused?: string
}

/** Retention. The rule and, where it has one, the date or the period [Conservation] */
export type Retention = {
  /** Rule. Which rule [Règle] */
  readonly rule: RetentionRuleCode
  /** Period. How long after the event that the rule names: years, months or days (ISO 8601), e.g. P1Y, P6M, P30D; where it is absent, the rule’s own `period` holds [Durée] */
  readonly period?: string
  /** Until. The last day of keeping [Jusqu’au] */
  readonly until?: CalendarDate
}

/** Handling. Who may see it and what may not be done [Diffusion] */
export type Handling = {
  /** Marking. How far it may go [Niveau] */
  readonly marking: MarkingCode
  /** Restrictions. Restrictions; empty = none [Restrictions] */
  readonly restrictions: readonly RestrictionCode[]
  /** Named recipient. Required where marking is named-recipient [Destinataire nommé] */
  readonly namedRecipient?: string
  /** Note. Anything else [Note] */
  readonly note?: string
}

/** Use of an attachment. What an attachment named in the envelope is; never an indecent image [Usage d’une pièce jointe] */
export type AttachmentUse = {
  /** Digest. Same as in the envelope [Empreinte] */
  readonly digest: Digest
  /** Kind. What the attachment is [Type] */
  readonly kind: AttachmentKindCode
  /** Date. When made [Date] */
  readonly date?: WhenKnown
  /** Health data. Special category data inside [Données de santé] */
  readonly containsHealthData: BooleanOrUnknown
  /** Note. E.g. left leg, taken in the camp [Note] */
  readonly note?: string
}

/** Located child. Where a located child is, since when, and who is responsible [Localisation] */
export type Location = {
  /** Since. Since when [Depuis] */
  readonly since?: WhenKnown
  /** Place. At least the authority’s area [Lieu] */
  readonly place: Place
  /** Responsible authority. Agency id; `authorityCode` where it is not on the gateway [Autorité responsable] */
  readonly responsibleAuthority?: AgencyId
  /** Code of the authority. GSS, HSC Trust or INSEE code [Code de l’autorité] */
  readonly authorityCode?: AreaCode
  /** Authority abroad. Name and country, where the authority is neither French nor British [Autorité étrangère] */
  readonly foreignAuthority?: ForeignAuthority
  /** Transfer. A transfer to another authority, e.g. by the National Transfer Scheme [Transfert] */
  readonly transfer?: Transfer
  /** Known to children’s services. Decides what follows on the pathway: information shared, or an assessment asked for [Enfant connu(e) des services de l’enfance] */
  readonly knownToChildrensServices: YesNoUnknownCode
  /** Allocated social worker. Name and number [Travailleur social référent] */
  readonly allocatedSocialWorker?: ProfessionalContact
  /** Accommodation. Kind of accommodation [Hébergement] */
  readonly accommodation?: Accommodation
  /** With. Who is with the child [Accompagnants] */
  readonly accompanying?: readonly AccompanyingPerson[]
  /** Entry. How and when the child came in [Entrée] */
  readonly entry?: Entry
}

/** Entry to the UK. How the child came in [Entrée au Royaume-Uni] */
export type Entry = {
  /** Date. When [Date] */
  readonly on?: WhenKnown
  /** Transport. How the child travelled [Transport] */
  readonly mode: TransportModeCode
  /** Port. The port of entry [Port] */
  readonly port?: string
  /** How found. Who found the child [Circonstances] */
  readonly howFound: HowFoundCode
}

/** Candidate match. One possible match, to be confirmed by the coordinator [Correspondance possible] */
export type Candidate = {
  /** Key. Label, e.g. m1 [Clé] */
  readonly key: string
  /** Grade. How good [Niveau] */
  readonly grade: MatchGradeCode
  /** Recorded identity. As it stands in the record [Identité enregistrée] */
  readonly recordedIdentity: ChildIdentity
  /** Agrees on. What agrees [Concorde sur] */
  readonly agreesOn: readonly MatchFeatureCode[]
  /** Differs on. What differs [Diverge sur] */
  readonly differsOn: readonly MatchFeatureCode[]
  /** Location. Only where the grade is certain or probable [Localisation] */
  readonly location?: Location
}

/** Flag. The flag put on a system so that the coordinator is told if the child is found [Avis de recherche interne] */
export type Flag = {
  /** Placed. Whether there is one [Émis] */
  readonly placed: BooleanOrUnknown
  /** Reference. Its reference [Référence] */
  readonly reference?: string
  /** Placed on. When [Émis le] */
  readonly on?: WhenKnown
  /** Review on. Next review [À revoir le] */
  readonly reviewOn?: CalendarDate
  /** Expires on. At the latest the believed 18th birthday, unless extended [Expire le] */
  readonly expiresOn?: CalendarDate
}

/** Question. One question [Question] */
export type Question = {
  /** Key. Label, e.g. q1 [Clé] */
  readonly key: string
  /** Topic. About what [Objet] */
  readonly topic: RequestTopicCode
  /** Question. The question [Question] */
  readonly text: Narrative
  /** Why it is needed. Necessity for protection [Pourquoi] */
  readonly why: string
}

/** Answer. Answer to one question [Réponse] */
export type Answer = {
  /** Key. The question’s label [Clé] */
  readonly key: string
  /** Status. Whether answered [Statut] */
  readonly status: AnswerStatusCode
  /** Answer. Required where answered or partial [Réponse] */
  readonly text?: Narrative
  /** Ground. Required where refused [Motif] */
  readonly ground?: RefusalGroundCode
  /** Expected on. Where it will follow [Attendue le] */
  readonly expectedOn?: CalendarDate
}

/** Family contact. What came of a family link [Contact familial] */
export type FamilyContact = {
  /** Their case. The relative’s case, where there is one [Son dossier] */
  readonly relatedCaseId?: Uuid
  /** Relative. Key of a relative of this message, where there is no case [Membre de la famille] */
  readonly relative?: string
  /** Outcome. How the contact went [Résultat] */
  readonly outcome: ContactOutcomeCode
  /** On. When [Le] */
  readonly on?: WhenKnown
  /** Placed together. Siblings now in one placement [Placement commun] */
  readonly placedTogether?: BooleanOrUnknown
  /** Note. Details [Note] */
  readonly note?: Narrative
}

/** Authority abroad. An authority that is not on the gateway, of any country, by its name [Autorité étrangère] */
export type ForeignAuthority = {
  /** Name. As it calls itself [Nom] */
  readonly name: string
  /** Country. ISO alpha-3 [Pays] */
  readonly country: CountryCode
  /** Kind. What kind of authority [Type] */
  readonly kind?: AuthorityKindCode
  /** Town. Where its office is [Commune ou ville] */
  readonly locality?: string
  /** Reference. Its reference [Référence] */
  readonly reference?: string
  /** Contact. Whom to call there [Contact] */
  readonly contact?: ProfessionalContact
}

/** Death of a child. That a child has died, and with what care it is to be told; to a referrer no place [Décès d’un enfant] */
export type Death = {
  /** When. As exactly as known [Quand] */
  readonly on?: WhenKnown
  /** Country. Country only [Pays] */
  readonly country?: CountryCode
  /** Cause. As far as it is known and may be told [Cause] */
  readonly cause?: DeathCauseCode
  /** Identity confirmed. Whether it is sure that it is this child [Identité confirmée] */
  readonly identityConfirmed: YesNoUnknownCode
  /** Family informed. Whether the family has been told; nobody else tells them first [Famille informée] */
  readonly familyInformed: YesNoUnknownCode
  /** Who may be told. Whom the recipient may tell [Qui peut être informé] */
  readonly mayTell: MayTellCode
  /** Note. As little as must be said [Note] */
  readonly note?: Narrative
}

/** Transfer to another authority. A transfer of a child’s care, by the National Transfer Scheme or otherwise [Transfert à une autre autorité] */
export type Transfer = {
  /** State. How far it has come [État] */
  readonly status: TransferStatusCode
  /** When. When this state was reached [Quand] */
  readonly on?: WhenKnown
  /** Planned for. When the child is to move [Prévu le] */
  readonly plannedOn?: PartialDate
  /** From. The authority that hands over [De] */
  readonly from?: AgencyId
  /** To. The authority that takes over [À] */
  readonly to?: AgencyId
  /** To, by name. Where it is not on the gateway [À, par son nom] */
  readonly toAuthority?: ForeignAuthority
  /** Reference. Reference of the transfer [Référence] */
  readonly reference?: string
}

/** Decision of the National Referral Mechanism. Whether there are reasonable or conclusive grounds that the child is a victim [Décision du National Referral Mechanism] */
export type GroundsDecision = {
  /** Stage. Which decision [Étape] */
  readonly stage: GroundsStageCode
  /** Result. What was decided [Sens] */
  readonly result: GroundsResultCode
  /** When. When it was decided [Quand] */
  readonly on?: WhenKnown
}

/** Application to join family. An application under Dublin III or another route, and what became of it [Demande de réunion familiale] */
export type ReunionApplication = {
  /** Route. By which procedure [Voie] */
  readonly route: ReunionRouteCode
  /** State. How far it has come, or that it was given up [État] */
  readonly status: ApplicationStatusCode
  /** Made. When it was made [Déposée] */
  readonly madeOn?: WhenKnown
  /** Ended. When it was decided or given up [Terminée] */
  readonly endedOn?: WhenKnown
  /** Relative. Key of the relative to be joined [Membre de la famille] */
  readonly relative?: string
  /** Country. Country to which the child applied [Pays] */
  readonly country?: CountryCode
  /** Why. Why it was given up or refused, in the child’s words where possible [Pourquoi] */
  readonly reason?: Narrative
}

/** Care that a child left. A stay in care or shelter that the child left, and whether the choice was understood [Accueil quitté par l’enfant] */
export type CareLeft = {
  /** Kind. Kind of care [Type] */
  readonly kind: AccommodationKindCode
  /** Country. Where [Pays] */
  readonly country?: CountryCode
  /** Period. From when to when [Période] */
  readonly period?: DateRange
  /** Days. How many days the child stayed [Jours] */
  readonly days?: number
  /** Reasons. Why the child left [Motifs] */
  readonly reasons?: readonly LeftCareReasonCode[]
  /** Options explained. Whether what was offered was explained [Choix expliqués] */
  readonly optionsExplained?: YesNoUnknownCode
  /** Understood. Whether the child understood the choice [Compris] */
  readonly understood: YesNoUnknownCode
  /** Interpreter used. Whether an interpreter was there [Interprète présent] */
  readonly interpreterUsed: YesNoUnknownCode
  /** Note. In the child’s words where possible [Note] */
  readonly note?: Narrative
}

/** Specialist referral. NRM, ICTG or French equivalent [Saisine spécialisée] */
export type SpecialistReferral = {
  /** Made. Whether it was made [Effectuée] */
  readonly made: YesNoUnknownCode
  /** On. When [Le] */
  readonly on?: WhenKnown
  /** Reference. Its reference number [Référence] */
  readonly reference?: AgencyReference
  /** Decisions. Reasonable and conclusive grounds, where it is the National Referral Mechanism [Décisions] */
  readonly decisions?: readonly GroundsDecision[]
  /** Allocated. Whether a guardian or administrator has been named [Désigné] */
  readonly allocated?: YesNoUnknownCode
  /** Contact. The guardian, the administrator or the office in charge [Contact] */
  readonly contact?: ProfessionalContact
  /** Why not. Why it was not made [Motif] */
  readonly whyNot?: string
}

/** Match. How sure it is that the record is this child’s [Correspondance] */
export type MatchSummary = {
  /** Grade. How good [Niveau] */
  readonly grade: MatchGradeCode
  /** Agrees on. What agrees [Concorde sur] */
  readonly agreesOn: readonly MatchFeatureCode[]
  /** Differs on. What differs: a name spelt otherwise is normal [Diverge sur] */
  readonly differsOn: readonly MatchFeatureCode[]
  /** Note. Anything else [Note] */
  readonly note?: string
}

/** Child seen. Whether a social worker has seen the child [Enfant vu(e)] */
export type ChildSeen = {
  /** Seen. Whether the child was seen [Vu(e)] */
  readonly seen: BooleanOrUnknown
  /** On. Required where seen [Le] */
  readonly on?: WhenKnown
  /** Alone. Required where seen: away from the adult [Seul à seul] */
  readonly alone?: YesNoUnknownCode
  /** Interpreter used. Not the accompanying adult [Interprète présent] */
  readonly interpreterUsed?: YesNoUnknownCode
}

/** Referral of a child believed to have entered the UK. The child is no longer in northern France and may be in the UK (pathway, steps 1 and 2); it is no report to the public prosecutor [Saisine du centre de conseil : enfant présumé entré au Royaume-Uni] */
export type ReferralBody = {
  /** Child. Who the child is, as far as is known [Enfant] */
  readonly child: ChildIdentity
  /** Reason for referral. Why now, what is feared [Motif de la saisine] */
  readonly reason: Narrative
  /** Last seen. Last seen in France [Dernière présence connue] */
  readonly lastSeen: Sighting
  /** Other sightings. Since then, in either country [Autres présences signalées] */
  readonly otherSightings?: readonly Sighting[]
  /** Believed destination. Usually GBR, precision country [Destination présumée] */
  readonly believedDestination: Place
  /** Source of that belief. Often rumour [Origine de cette information] */
  readonly destinationSource: InformationSourceCode
  /** Journey. Known or believed crossing [Voyage] */
  readonly travel?: readonly JourneyLeg[]
  /** Accommodation in France. Tents, woods, CAOMIE, care [Hébergement en France] */
  readonly accommodationInFrance?: readonly Accommodation[]
  /** Care that the child left. Each stay in care that the child left, and whether the choice was understood [Accueil quitté] */
  readonly careLeft?: readonly CareLeft[]
  /** Concerns. At least one; separation is one [Éléments de danger ou d’inquiétude] */
  readonly concerns: readonly Concern[]
  /** Safety alerts. Before anyone approaches the child [Alertes de sécurité] */
  readonly alerts?: readonly Alert[]
  /** Accompanying persons. Who was with the child [Accompagnants] */
  readonly accompanying?: readonly AccompanyingPerson[]
  /** Relatives. Siblings above all [Famille] */
  readonly relatives?: readonly Relative[]
  /** Applications to join family. Dublin III or another route: made, decided or given up [Demandes de réunion familiale] */
  readonly applications?: readonly ReunionApplication[]
  /** Health. Only what cannot wait for safeguarding-information [Santé] */
  readonly health?: Health
  /** Reports to authorities. Reports in France and their answers; empty = none made [Informations transmises aux autorités] */
  readonly reportsMade: readonly Report[]
  /** Child’s views. Usually not obtained: child not present [Avis de l’enfant] */
  readonly childViews: ChildViews
  /** Possible duplicates. caseIds of cases that may be the same child [Doublons possibles] */
  readonly possibleDuplicates?: readonly Uuid[]
  /** Attachments. What each attachment is [Pièces jointes] */
  readonly attachmentsUsed?: readonly AttachmentUse[]
  /** Contact. Referrer’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Request for a status check. Is this child known, and did they enter the UK? Identity only, no narrative of harm (pathway, step 3) [Demande de vérification de situation] */
export type StatusCheckRequestBody = {
  /** Child. What is needed to match, no more [Enfant] */
  readonly child: ChildIdentity
  /** Questions. What is asked [Questions] */
  readonly questions: readonly CheckQuestionCode[]
  /** Period to search. When entry may have been [Période de recherche] */
  readonly searchPeriod: DateRange
  /** Likely ports. For instance Dover, Portsmouth [Ports probables] */
  readonly likelyPorts?: readonly string[]
  /** Likely transport. For instance lorry [Transports probables] */
  readonly likelyModes?: readonly TransportModeCode[]
  /** Accompanying persons. They may be on the same record [Accompagnants] */
  readonly accompanying?: readonly AccompanyingPerson[]
  /** Relatives. For matching [Famille] */
  readonly relatives?: readonly Relative[]
  /** Risk indicators. Codes only, to set the urgency [Indicateurs de risque] */
  readonly riskIndicators?: readonly ConcernCode[]
  /** Previous check. id of an earlier request in this case [Vérification antérieure] */
  readonly previousCheck?: Uuid
  /** Flag if not located. So that the coordinator is told if the child is found later [Émettre un avis de recherche interne si l’enfant n’est pas localisé(e)] */
  readonly flagIfNotLocated: boolean
  /** Keep the flag until. Required where flagging; at the latest the believed 18th birthday, or a fixed term [Maintenir l’avis de recherche interne jusqu’au] */
  readonly flagUntil?: CalendarDate
  /** Contact for the flag. Required where flagging: whom to tell [Contact de l’avis de recherche interne] */
  readonly flagContact?: ProfessionalContact
  /** Contact. Coordinator’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. The ground is section 55 (Borders, Citizenship and Immigration Act 2009) [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. safeguarding-only is always set [Diffusion] */
  readonly handling: Handling
}

/** Result of a status check. What the Home Office has found: located, possible match or not located (pathway, step 4) [Résultat de la vérification de situation] */
export type StatusCheckResultBody = {
  /** Result. located, possible-match, not-located or child-died [Résultat] */
  readonly result: StatusResultCode
  /** Checked at. When the records were searched: a time, or the day alone [Vérifié le] */
  readonly checkedAt: WhenKnown
  /** Known to the Home Office. Whether any information is held [Enfant connu(e) du Home Office] */
  readonly knownToHomeOffice: YesNoUnknownCode
  /** Entered the UK. Whether entry is recorded [Entrée au Royaume-Uni] */
  readonly enteredUk: EnteredUkCode
  /** Location. Required where located [Localisation] */
  readonly location?: Location
  /** Death. Where the record says that the child has died [Décès] */
  readonly death?: Death
  /** Recorded identity. Required where located: as it stands in the record [Identité enregistrée] */
  readonly recordedIdentity?: ChildIdentity
  /** Match. Required where located: what it rests on [Correspondance] */
  readonly match?: MatchSummary
  /** Candidates. Required, at least one, where possible-match [Correspondances possibles] */
  readonly candidates?: readonly Candidate[]
  /** Applications to join family. Dublin III or another route: made, decided or given up [Demandes de réunion familiale] */
  readonly applications?: readonly ReunionApplication[]
  /** Possible reasons. At least one where not located [Raisons possibles] */
  readonly notLocatedReasons?: readonly NotLocatedReasonCode[]
  /** Searched by. How the search was made, so that another can be tried [Recherche effectuée par] */
  readonly searchesTried: readonly MatchFeatureCode[]
  /** Flagged. Whether a flag is now on the system [Avis de recherche interne émis] */
  readonly flagged: BooleanOrUnknown
  /** Flag. Required where flagged [Avis de recherche interne] */
  readonly flag?: Flag
  /** Contact. Immigration officer of the desk [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Section 55 (Borders, Citizenship and Immigration Act 2009) [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** A flagged child has been found. Tells the coordinator that a flagged child has been found, alive or dead [Un enfant recherché a été retrouvé] */
export type ChildFoundBody = {
  /** Child. As now recorded [Enfant] */
  readonly child: ChildIdentity
  /** Found at. When, as exactly as known [Retrouvé(e) le] */
  readonly foundAt: WhenKnown
  /** How found. How the child came to notice [Circonstances] */
  readonly howFound: HowFoundCode
  /** Condition. How the child is [État] */
  readonly condition?: FoundConditionCode
  /** Death. Where the child was found dead, or has died [Décès] */
  readonly death?: Death
  /** Flag reference. Of the flag that led here [Référence de l’avis de recherche interne] */
  readonly flagReference?: string
  /** Match. How sure it is the same child [Correspondance] */
  readonly match?: MatchSummary
  /** Location. Where now, who is responsible [Localisation] */
  readonly location: Location
  /** Immediate needs. What cannot wait [Besoins immédiats] */
  readonly immediateNeeds?: readonly PlacementNeedCode[]
  /** Concerns. New concerns [Éléments de danger ou d’inquiétude] */
  readonly concerns?: readonly Concern[]
  /** Safety alerts. Alerts [Alertes de sécurité] */
  readonly alerts?: readonly Alert[]
  /** Health. Only what cannot wait [Santé] */
  readonly health?: Health
  /** Ends missing episode. id of the missing-notification that this ends [Clôt l’épisode de disparition] */
  readonly endsMissingEpisode?: Uuid
  /** Note. Circumstances [Note] */
  readonly note?: Narrative
  /** Contact. Sender’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Referral for statutory assessment. The child is here, not known to children’s services or not safe: please assess (pathway, step 4b) [Demande d’évaluation au titre de la protection de l’enfance] */
export type AssessmentReferralBody = {
  /** Child. Who the child is, as far as is known [Enfant] */
  readonly child: ChildIdentity
  /** Basis. Why an assessment is asked for [Motif] */
  readonly basis: AssessmentBasisCode
  /** Statutory basis. Duty relied on [Fondement légal] */
  readonly statutoryBasis: readonly StatutoryBasisCode[]
  /** Location. Where the child is [Localisation] */
  readonly location: Location
  /** Concerns. At least one [Éléments de danger ou d’inquiétude] */
  readonly concerns: readonly Concern[]
  /** Safety alerts. Read before the visit; may be empty [Alertes de sécurité] */
  readonly alerts: readonly Alert[]
  /** Accompanying persons. May be empty [Accompagnants] */
  readonly accompanying: readonly AccompanyingPerson[]
  /** Relatives. Relatives [Famille] */
  readonly relatives?: readonly Relative[]
  /** Applications to join family. Dublin III or another route: made, decided or given up [Demandes de réunion familiale] */
  readonly applications?: readonly ReunionApplication[]
  /** Care that the child left. Each stay in care that the child left, and whether the choice was understood [Accueil quitté] */
  readonly careLeft?: readonly CareLeft[]
  /** History. What is known of the child’s time in France [Historique] */
  readonly history: Narrative
  /** Health. Injuries, conditions [Santé] */
  readonly health?: Health
  /** How to approach the child. See alone, interpreter, time of day [Comment aborder l’enfant] */
  readonly howToApproach?: Narrative
  /** Actions asked for. What is asked [Mesures demandées] */
  readonly requestedActions: readonly ProtectiveActionCode[]
  /** Status check. id of the result that this rests on [Vérification] */
  readonly statusCheckId?: Uuid
  /** Child’s views. Views, if any [Avis de l’enfant] */
  readonly childViews: ChildViews
  /** Attachments. Health records, pictures of injuries [Pièces jointes] */
  readonly attachmentsUsed?: readonly AttachmentUse[]
  /** Contact. Coordinator’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Safeguarding information. Protection and health information, guidance, updates and corrections (pathway, steps 5 and 6) [Informations de protection] */
export type SafeguardingInformationBody = {
  /** Child. Short identification [Enfant] */
  readonly child: ChildReference
  /** Purpose. Why the information is sent [Objet] */
  readonly purpose: InformationPurposeCode
  /** Corrects. id of the message corrected; required for a correction [Rectifie] */
  readonly corrects?: Uuid
  /** Statutory basis. Duty relied on, e.g. Hague 1996, article 34 [Fondement légal] */
  readonly statutoryBasis?: readonly StatutoryBasisCode[]
  /** Summary. Read this first [Résumé] */
  readonly summary: Narrative
  /** Identity update. Where names, age or nationality are better known [Mise à jour d’identité] */
  readonly identityUpdate?: ChildIdentity
  /** Concerns. Concerns [Éléments de danger ou d’inquiétude] */
  readonly concerns?: readonly Concern[]
  /** Safety alerts. Alerts [Alertes de sécurité] */
  readonly alerts?: readonly Alert[]
  /** Accompanying persons. People with the child [Accompagnants] */
  readonly accompanying?: readonly AccompanyingPerson[]
  /** Relatives. Relatives [Famille] */
  readonly relatives?: readonly Relative[]
  /** Applications to join family. Dublin III or another route: made, decided or given up [Demandes de réunion familiale] */
  readonly applications?: readonly ReunionApplication[]
  /** Care that the child left. Each stay in care that the child left, and whether the choice was understood [Accueil quitté] */
  readonly careLeft?: readonly CareLeft[]
  /** Health. Health and where records are [Santé] */
  readonly health?: Health
  /** Culture and belief. Where it matters to care [Culture et croyances] */
  readonly cultureAndBelief?: CultureAndBelief
  /** Experiences. Journey and life in the camp, as the child told it [Vécu] */
  readonly experiences?: Narrative
  /** Case guidance. Coordinator’s guidance [Conseil] */
  readonly guidance?: Narrative
  /** Family contact. What came of a family link [Contact familial] */
  readonly familyContact?: FamilyContact
  /** Sighting. Child seen again in France [Présence signalée] */
  readonly sighting?: Sighting
  /** Death. Where the child has died [Décès] */
  readonly death?: Death
  /** Confirmation wanted. Asks for a safeguarding-confirmation [Confirmation demandée] */
  readonly confirmationWanted: boolean
  /** Child’s views. Views [Avis de l’enfant] */
  readonly childViews?: ChildViews
  /** Attachments. What each is [Pièces jointes] */
  readonly attachmentsUsed?: readonly AttachmentUse[]
  /** Contact. Sender’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Confirmation that a child is safeguarded. In care, with family, or not yet (pathway, steps 5 and 6) [Confirmation de la protection d’un enfant] */
export type SafeguardingConfirmationBody = {
  /** Child. Short identification [Enfant] */
  readonly child: ChildReference
  /** Status. Where things stand [Situation] */
  readonly status: SafeguardingStatusCode
  /** Since. Since when [Depuis] */
  readonly since?: WhenKnown
  /** Child seen. Whether, when, alone [Enfant vu(e)] */
  readonly childSeen?: ChildSeen
  /** Death. Where the child has died [Décès] */
  readonly death?: Death
  /** Placement. Required where in care or with family: kind, legal status; no address [Placement] */
  readonly accommodation?: Accommodation
  /** Living with. Adults of the household, with their assessed relationship [Vit avec] */
  readonly livingWith?: readonly AccompanyingPerson[]
  /** Needs. Whether the child’s needs are met [Besoins] */
  readonly needsMet?: NeedsMetCode
  /** Unmet needs. Required where partly or not yet [Besoins non satisfaits] */
  readonly unmetNeeds?: readonly PlacementNeedCode[]
  /** Actions. Done or begun [Mesures] */
  readonly actions: readonly ProtectiveActionCode[]
  /** Allocated social worker. Required where in care or being assessed [Travailleur social référent] */
  readonly allocatedSocialWorker?: ProfessionalContact
  /** Responsible authority. Required where not our area, if known [Autorité responsable] */
  readonly responsibleAuthority?: AgencyId
  /** Authority abroad. Where the child is now another country’s responsibility [Autorité étrangère] */
  readonly foreignAuthority?: ForeignAuthority
  /** Transfer. National Transfer Scheme or other transfer [Transfert] */
  readonly transfer?: Transfer
  /** NRM. National Referral Mechanism: referral, reasonable and conclusive grounds [NRM] */
  readonly nrm?: SpecialistReferral
  /** Independent guardian. Independent Child Trafficking Guardian, or administrateur ad hoc [Tuteur indépendant ou administrateur ad hoc] */
  readonly guardian?: SpecialistReferral
  /** Age assessment. Latest [Évaluation de l’âge] */
  readonly ageAssessment?: AgeAssessment
  /** Child’s views. Views [Avis de l’enfant] */
  readonly childViews?: ChildViews
  /** Next update. When to expect news [Prochaine information] */
  readonly nextUpdateOn?: CalendarDate
  /** Note. Anything else [Note] */
  readonly note?: Narrative
  /** Contact. Sender’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Notice that a child is missing. Missing, from care too; also tells that an episode has ended. In its form for a referrer it has no room for a place [Avis de disparition d’un enfant] */
export type MissingNotificationBody = {
  /** Child. Who the child is, with what helps to find them [Enfant] */
  readonly child: ChildIdentity
  /** Episode. One UUID for each missing episode, kept through its updates [Épisode] */
  readonly episode: Uuid
  /** State. Open, updated, found, returned, died, in error [État] */
  readonly episodeStatus: EpisodeStatusCode
  /** For. Which form this notice has; absent: for authorities [Destinataire] */
  readonly for?: NoticeForCode
  /** Kind. From where [Nature] */
  readonly kind: MissingKindCode
  /** Missing since. The best time known, or the day or month alone: never fill in midnight [Date de la disparition] */
  readonly missingSince: WhenKnown
  /** Last seen. Where, when, by whom [Dernière présence connue] */
  readonly lastSeen?: Sighting
  /** Circumstances. What happened [Circonstances] */
  readonly circumstances?: Narrative
  /** Message. For workers who knew the child: what may help, and no place in care [Message] */
  readonly message?: Narrative
  /** Risk level. Police or sender’s view [Niveau de risque] */
  readonly risk: MissingRiskCode
  /** Concerns. Risk factors [Éléments de danger ou d’inquiétude] */
  readonly concerns?: readonly Concern[]
  /** Safety alerts. For whoever finds the child [Alertes de sécurité] */
  readonly alerts?: readonly Alert[]
  /** Health. What whoever finds the child must know: medicines, conditions [Santé] */
  readonly health?: Health
  /** May be with. Possible companions [Peut-être avec] */
  readonly accompanying?: readonly AccompanyingPerson[]
  /** Relatives. To whom the child may be going, or who may have heard [Famille] */
  readonly relatives?: readonly Relative[]
  /** Believed destination. Where they may be going [Destination présumée] */
  readonly believedDestination?: Place
  /** Believed country. Country only, where no place may be told [Pays présumé] */
  readonly believedCountry?: CountryCode
  /** Care that the child left. The stay that the child left, and whether the choice was understood [Accueil quitté] */
  readonly careLeft?: readonly CareLeft[]
  /** Reports to authorities. Police and others, with references; empty must be explained in `circumstances` [Informations transmises aux autorités] */
  readonly reportsMade?: readonly Report[]
  /** Statutory basis. Duty relied on, e.g. Hague 1996, article 36 [Fondement légal] */
  readonly statutoryBasis?: readonly StatutoryBasisCode[]
  /** Earlier episodes. How many before [Épisodes antérieurs] */
  readonly previousEpisodes?: number
  /** Ended at. Required where the episode has ended: found, returned, died or in error [Fin de l’épisode] */
  readonly endedAt?: WhenKnown
  /** Death. Where the child has died [Décès] */
  readonly death?: Death
  /** Return home interview offered (within 72 hours). For every child who was missing and is found (a duty of English authorities) [Entretien de retour proposé (sous 72 heures)] */
  readonly returnInterview?: YesNoUnknownCode
  /** Return home interview held. When it was held [Entretien de retour effectué] */
  readonly returnInterviewOn?: WhenKnown
  /** Attachments. A photograph, if any [Pièces jointes] */
  readonly attachmentsUsed?: readonly AttachmentUse[]
  /** Contact. Sender’s worker, reachable at night [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Family link. Links a child with a brother, a sister or another relative, a child or an adult, here or abroad. Where two authorities care for two children it is sent once to each, in each child’s own case [Lien familial] */
export type FamilyLinkBody = {
  /** Child in your care. Recipient’s child [Enfant pris en charge par vous] */
  readonly child: ChildReference
  /** Relative. The other child or adult; no address [Membre de la famille] */
  readonly relative: Relative
  /** Their case. caseId of the relative’s own case, where there is one [Son dossier] */
  readonly relatedCaseId?: Uuid
  /** Their authority. Agency responsible for the relative, where there is one on the gateway [Son autorité] */
  readonly relatedAuthority?: AgencyId
  /** Their social worker. Whom to call, where there is somebody [Son travailleur social] */
  readonly relatedSocialWorker?: ProfessionalContact
  /** Authority abroad. Name and country, where the relative is in another country’s care [Autorité étrangère] */
  readonly foreignAuthority?: ForeignAuthority
  /** Basis. What the link rests on [Fondement] */
  readonly basis: readonly LinkBasisCode[]
  /** Verification. State of verification [Vérification] */
  readonly verification: RelationshipVerificationCode
  /** Proposed next steps. What is proposed [Suites proposées] */
  readonly proposedActions: readonly LinkActionCode[]
  /** Applications to join family. Dublin III or another route: made, decided or given up [Demandes de réunion familiale] */
  readonly applications?: readonly ReunionApplication[]
  /** Child’s views. Does the child want contact, live together [Avis de l’enfant] */
  readonly childViews: ChildViews
  /** Safety alerts. Why contact might be unsafe; may be empty [Alertes de sécurité] */
  readonly alerts: readonly Alert[]
  /** Status check. id of the result that located the relative, if in this case [Vérification] */
  readonly statusCheckId?: Uuid
  /** Contact. Coordinator’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Request for information. A question about a case [Demande d’informations] */
export type InformationRequestBody = {
  /** Child. Short identification [Enfant] */
  readonly child: ChildReference
  /** Identity. Only where the recipient does not know the child yet [Identité] */
  readonly identity?: ChildIdentity
  /** Questions. Questions [Questions] */
  readonly questions: readonly Question[]
  /** Statutory basis. Duty relied on, e.g. Hague 1996, article 34 [Fondement légal] */
  readonly statutoryBasis?: readonly StatutoryBasisCode[]
  /** Relative sought. Where a relative is to be found [Proche recherché] */
  readonly relative?: Relative
  /** Contact. Sender’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Answer to a request for information. Answers, question by question; may carry structured information [Réponse à une demande d’informations] */
export type InformationResponseBody = {
  /** Child. Short identification [Enfant] */
  readonly child: ChildReference
  /** Answers. One for each question [Réponses] */
  readonly answers: readonly Answer[]
  /** Identity. Where it was asked for [Identité] */
  readonly identityUpdate?: ChildIdentity
  /** Accompanying persons. Where it was asked for [Accompagnants] */
  readonly accompanying?: readonly AccompanyingPerson[]
  /** Relatives. Where it was asked for [Famille] */
  readonly relatives?: readonly Relative[]
  /** Applications to join family. Dublin III or another route: made, decided or given up [Demandes de réunion familiale] */
  readonly applications?: readonly ReunionApplication[]
  /** Care that the child left. Each stay in care that the child left, and whether the choice was understood [Accueil quitté] */
  readonly careLeft?: readonly CareLeft[]
  /** Concerns. Where it was asked for [Éléments de danger ou d’inquiétude] */
  readonly concerns?: readonly Concern[]
  /** Health. Where it was asked for [Santé] */
  readonly health?: Health
  /** Attachments. Documents sent [Pièces jointes] */
  readonly attachmentsUsed?: readonly AttachmentUse[]
  /** Contact. Sender’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Outcome for the referrer. Tells whoever referred the child, without saying where the child is. A later outcome replaces an earlier one (pathway, step 7) [Issue communiquée à l’auteur de la saisine] */
export type OutcomeBody = {
  /** Outcome. What became of the child [Issue] */
  readonly outcome: OutcomeCode
  /** As of. Date of the information [À la date du] */
  readonly asOf: WhenKnown
  /** Final. False while work goes on [Définitif] */
  readonly final: boolean
  /** Replaces. id of the earlier outcome that this replaces [Remplace] */
  readonly supersedes?: Uuid
  /** Flagged. Whether a flag stays [Avis de recherche interne émis] */
  readonly flagged: BooleanOrUnknown
  /** Possible reasons. At least one where not located [Raisons possibles] */
  readonly notLocatedReasons?: readonly NotLocatedReasonCode[]
  /** Country. Required where elsewhere; country only, never a place [Pays] */
  readonly country?: CountryCode
  /** Safe. What the coordinator can confirm [En sécurité] */
  readonly safe?: YesNoUnknownCode
  /** Death. Where the child has died: what little may be known [Décès] */
  readonly death?: Death
  /** Who may be told. Whom the referrer may tell [Qui peut être informé] */
  readonly mayTell?: MayTellCode
  /** Message. For the workers who knew the child; may be passed to friends only if it says so [Message] */
  readonly message?: Narrative
  /** Contact. Coordinator’s worker [Contact] */
  readonly contact: ProfessionalContact
  /** Data protection. Why it may be sent [Protection des données] */
  readonly dataProtection: DataProtection
  /** Handling. Limits on use [Diffusion] */
  readonly handling: Handling
}

/** Closure of the coordinator’s case. The coordinator’s work is done (pathway, step 8) [Clôture du dossier du coordonnateur] */
export type CaseClosureBody = {
  /** Reason. Why the case is closed [Motif] */
  readonly reason: ClosureReasonCode
  /** Closed on. The day of closing [Clos le] */
  readonly closedOn: WhenKnown
  /** Needs. As last confirmed [Besoins] */
  readonly needsMet: NeedsMetCode
  /** Flag. To the status-checker: keep or remove [Avis de recherche interne] */
  readonly flagInstruction: FlagInstructionCode
  /** Keep the flag until. Required where kept [Maintenir l’avis de recherche interne jusqu’au] */
  readonly flagUntil?: CalendarDate
  /** Merged into. caseId that goes on; required for a duplicate [Fusionné avec] */
  readonly mergedInto?: Uuid
  /** Retention. What recipients do with this case’s messages [Conservation] */
  readonly retention: Retention
  /** Contact to reopen. Whom to tell if news comes [Contact pour réouverture] */
  readonly reopenContact: ProfessionalContact
  /** Note. Anything else, no narrative of harm [Note] */
  readonly note?: Narrative
}

/** The body of each type of message. */
export type Bodies = {
  readonly 'referral': ReferralBody
  readonly 'status-check-request': StatusCheckRequestBody
  readonly 'status-check-result': StatusCheckResultBody
  readonly 'child-found': ChildFoundBody
  readonly 'assessment-referral': AssessmentReferralBody
  readonly 'safeguarding-information': SafeguardingInformationBody
  readonly 'safeguarding-confirmation': SafeguardingConfirmationBody
  readonly 'missing-notification': MissingNotificationBody
  readonly 'family-link': FamilyLinkBody
  readonly 'information-request': InformationRequestBody
  readonly 'information-response': InformationResponseBody
  readonly 'outcome': OutcomeBody
  readonly 'case-closure': CaseClosureBody
}

/** The codes of each list. */
export type CodeLists = {
  readonly absenceReason: AbsenceReasonCode
  readonly accommodationKind: AccommodationKindCode
  readonly adultRisk: AdultRiskCode
  readonly ageAssessmentKind: AgeAssessmentKindCode
  readonly ageAssessor: AgeAssessorCode
  readonly ageDecision: AgeDecisionCode
  readonly ageStatus: AgeStatusCode
  readonly alertKind: AlertKindCode
  readonly answerStatus: AnswerStatusCode
  readonly applicationStatus: ApplicationStatusCode
  readonly areaScheme: AreaSchemeCode
  readonly assessmentBasis: AssessmentBasisCode
  readonly attachmentKind: AttachmentKindCode
  readonly authenticity: AuthenticityCode
  readonly authorityKind: AuthorityKindCode
  readonly calendar: CalendarCode
  readonly certainty: CertaintyCode
  readonly checkQuestion: CheckQuestionCode
  readonly childInformed: ChildInformedCode
  readonly closureReason: ClosureReasonCode
  readonly concern: ConcernCode
  readonly concernStatus: ConcernStatusCode
  readonly conditionStatus: ConditionStatusCode
  readonly consentBy: ConsentByCode
  readonly consentGiven: ConsentGivenCode
  readonly contactKind: ContactKindCode
  readonly contactOutcome: ContactOutcomeCode
  readonly country: CountryCode
  readonly datePart: DatePartCode
  readonly deathCause: DeathCauseCode
  readonly documentKind: DocumentKindCode
  readonly documentSeen: DocumentSeenCode
  readonly enteredUk: EnteredUkCode
  readonly episodeStatus: EpisodeStatusCode
  readonly featureKind: FeatureKindCode
  readonly flagInstruction: FlagInstructionCode
  readonly foundCondition: FoundConditionCode
  readonly groundsResult: GroundsResultCode
  readonly groundsStage: GroundsStageCode
  readonly healthBasis: HealthBasisCode
  readonly healthKind: HealthKindCode
  readonly howFound: HowFoundCode
  readonly identityBasis: IdentityBasisCode
  readonly immediacy: ImmediacyCode
  readonly informationPurpose: InformationPurposeCode
  readonly informationSource: InformationSourceCode
  readonly injuryCause: InjuryCauseCode
  readonly languageAbility: LanguageAbilityCode
  readonly lawfulBasis: LawfulBasisCode
  readonly leftCareReason: LeftCareReasonCode
  readonly legalStatus: LegalStatusCode
  readonly linkAction: LinkActionCode
  readonly linkBasis: LinkBasisCode
  readonly marking: MarkingCode
  readonly matchFeature: MatchFeatureCode
  readonly matchGrade: MatchGradeCode
  readonly mayTell: MayTellCode
  readonly missingClassification: MissingClassificationCode
  readonly missingKind: MissingKindCode
  readonly missingRisk: MissingRiskCode
  readonly namePart: NamePartCode
  readonly nameUse: NameUseCode
  readonly needsMet: NeedsMetCode
  readonly notLocatedReason: NotLocatedReasonCode
  readonly noticeFor: NoticeForCode
  readonly outcomeCode: OutcomeCode
  readonly parentsInformed: ParentsInformedCode
  readonly placeKind: PlaceKindCode
  readonly placePrecision: PlacePrecisionCode
  readonly placementNeed: PlacementNeedCode
  readonly professionalRole: ProfessionalRoleCode
  readonly protectiveAction: ProtectiveActionCode
  readonly purpose: PurposeCode
  readonly reasonForLeaving: ReasonForLeavingCode
  readonly recordKind: RecordKindCode
  readonly referenceSystem: ReferenceSystemCode
  readonly refusalGround: RefusalGroundCode
  readonly refusalReason: RefusalReasonCode
  readonly relationship: RelationshipCode
  readonly relationshipVerification: RelationshipVerificationCode
  readonly relativeWhereabouts: RelativeWhereaboutsCode
  readonly reportResponse: ReportResponseCode
  readonly requestTopic: RequestTopicCode
  readonly restriction: RestrictionCode
  readonly retentionRule: RetentionRuleCode
  readonly reunionRoute: ReunionRouteCode
  readonly safeguardingStatus: SafeguardingStatusCode
  readonly separationStatus: SeparationStatusCode
  readonly severity: SeverityCode
  readonly sex: SexCode
  readonly specialCondition: SpecialConditionCode
  readonly statusResult: StatusResultCode
  readonly statutoryBasis: StatutoryBasisCode
  readonly substance: SubstanceCode
  readonly substancePattern: SubstancePatternCode
  readonly transferMechanism: TransferMechanismCode
  readonly transferStatus: TransferStatusCode
  readonly translationMethod: TranslationMethodCode
  readonly transportMode: TransportModeCode
  readonly treatmentAcceptance: TreatmentAcceptanceCode
  readonly viewsObtained: ViewsObtainedCode
  readonly viewsReason: ViewsReasonCode
  readonly yesNoUnknown: YesNoUnknownCode
  readonly yesNoUnsure: YesNoUnsureCode
  readonly messageType: MessageType
  readonly priority: Priority
}
