import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import {
  NewApproval,
  NewTemplate,
  NewWithdrawal,
  TemplateName,
  Templates,
  TemplateVersion,
  TemplateWritten,
} from './template.api.ts'
import { approveTemplate, templates, withdrawTemplate, writeTemplate } from './template.sql.ts'

const OfVersion = z.object({ template: TemplateName, version: TemplateVersion })

const list = endpoint({
  method: 'get',
  path: '/conduct/templates',
  permission: 'borrowers.read',
  tags: ['conduct'],
  summary: 'The texts that may go out, and those that nobody has approved.',
  responses: { 200: jsonAnswer(Templates, 'Every version.') },
})

const write = endpoint({
  method: 'post',
  path: '/conduct/templates',
  permission: 'conduct.write',
  tags: ['conduct'],
  summary: 'Write a text, or its next version. Somebody else approves it.',
  request: jsonBody(NewTemplate),
  responses: { 201: jsonAnswer(TemplateWritten, 'Written, not approved.') },
})

const approve = endpoint({
  method: 'post',
  path: '/conduct/templates/{template}/versions/{version}/approvals',
  permission: 'conduct.write',
  tags: ['conduct'],
  summary: 'Approve a version from a day to a day. Its writer cannot.',
  request: { params: OfVersion, ...jsonBody(NewApproval) },
  responses: { 204: { description: 'Approved.' } },
})

const withdraw = endpoint({
  method: 'post',
  path: '/conduct/templates/{template}/versions/{version}/withdrawals',
  permission: 'conduct.write',
  tags: ['conduct'],
  summary: 'Withdraw a version at once.',
  request: { params: OfVersion, ...jsonBody(NewWithdrawal) },
  responses: { 204: { description: 'Withdrawn.' } },
})

/** Templates: texts, their approval, their withdrawal. */
export const templateRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => c.json(Templates.parse({ templates: await templates(c.var.db) }), 200))
    .openapi(write, async (c) => {
      const text = c.req.valid('json')
      const told = { at: c.var.clock.now().toString(), by: c.var.person.staff_id }
      return c.json({ template: text.template, version: await writeTemplate(c.var.db, text, told) }, 201)
    })
    .openapi(approve, async (c) => {
      const told = { at: c.var.clock.now().toString(), by: c.var.person.staff_id }
      await approveTemplate(c.var.db, c.req.valid('param'), c.req.valid('json'), told)
      return c.body(null, 204)
    })
    .openapi(withdraw, async (c) => {
      const told = { at: c.var.clock.now().toString(), by: c.var.person.staff_id }
      await withdrawTemplate(c.var.db, c.req.valid('param'), c.req.valid('json').reason, told)
      return c.body(null, 204)
    })
